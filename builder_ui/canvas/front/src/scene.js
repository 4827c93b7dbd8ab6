// The canvas in one place: the flow, what is selected, the layers, and when to repaint. Hands (mouse, keys, clipboard)
// act on it; it knows nothing of events.
import { around, crosses } from "./model/geometry.js";
import { Graph, groupKey, groupOf } from "./model/graph.js";
import { Deeds } from "./deeds.js";
import { Shared } from "./model/document.js";
import { colours } from "./view/colours.js";
import { edgeLook } from "./view/draw.js";
import { nodeLook, peersAt, prepared } from "./view/looks.js";

const VIEW_KEY = "trama.view:";
const LEGIBLE = 0.6;

export class Scene extends Deeds {
  constructor({ words, editable, emit }) {
    super();
    this.words = words;
    this.allowed = editable;
    this.away = false;
    this.emit = emit;
    this.graph = new Graph();
    this.shared = new Shared(
      this.graph,
      (kind, keys) => this.told(kind, keys),
      (editor, token, command) => emit("command", editor, token, command),
      () => this.load(this.shared.url),
    );
    this.chosen = new Set();
    this.chosenEdges = new Set();
    this.chosenGroups = new Set();
    this.hovered = null;
    this.dropEdge = null;
    this.magnet = null;
    this.pulling = null;
    this.editing = null;
    this.marks = new Map();
    this.paints = {};
    this.mounted = new Map();
    this.near = true;
    this.tool = "hand";
    this.pointer = null;
    this.due = 0;
    this.ui = () => {};
    this.look = (id) => nodeLook(this, id);
  }

  /** Once the elements are there. */
  attach({ root, flow, picture, stage, minimap, ui }) {
    Object.assign(this, { root, flow, picture, stage, minimap, ui });
    this.mounted = stage.mounted;
    this.recolour();
  }

  get editable() {
    return this.allowed && !this.away && this.shared.url === this.shared.home && !this.failed;
  }

  viewport() {
    return this.flow.viewport.value;
  }

  recolour() {
    this.colours = colours(this.root);
    if (this.minimap) this.minimap.stale = true;
    this.repaint();
  }

  // ---- loading and patches
  async load(url) {
    try {
      if (!(await this.shared.load(url))) return;
      this.failed = false;
    } catch (fault) {
      if (!(fault instanceof TypeError || fault instanceof SyntaxError)) throw fault;
      this.failed = true;
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.load(url), 3000);
      this.ui();
      return;
    }
    this.openOnce();
    this.again();
    this.ui();
  }

  /** Where a flow opens is decided when there is room: the canvas may stand in a tab that is not shown yet. */
  openOnce() {
    const { url } = this.shared;
    if (this.opened === url || this.graph.rev < 0 || !this.picture.width || !this.picture.height) return;
    this.opened = url;
    this.open();
  }

  /** A flow opens where one left it, or whole when it is small, or at its start. */
  open() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(VIEW_KEY + this.opened) ?? "null");
    } catch (fault) {
      if (!(fault instanceof SyntaxError || fault instanceof DOMException)) throw fault;
    }
    if (kept) this.camera.to(kept, 0);
    else if (this.camera.fitting() < LEGIBLE && this.graph.nodes.has(this.graph.start)) this.camera.home(this.graph.start);
    else this.camera.fit(null, 0);
  }

  keepView() {
    const { x, y, zoom } = this.viewport();
    try {
      sessionStorage.setItem(VIEW_KEY + this.opened, JSON.stringify({ x, y, zoom }));
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault;
    }
  }

  again() {
    if (!this.editable) return;
    if (this.shared.again()) return;
    // the server never answers to one of them: what it has is what is true
    this.tellBriefly(this.words.given_up);
    this.load(this.shared.url);
  }

  told(kind, keys = []) {
    if (kind === "all") {
      this.prune();
      this.stage?.empty();
      this.settle(true);
      return;
    }
    for (const key of keys) {
      const at = key.indexOf(":");
      const id = key.slice(at + 1);
      if (key.startsWith("group:")) {
        for (const node of this.graph.groups.get(id)?.nodes ?? []) this.touch(node);
      } else this.touch(id);
    }
    this.prune();
    this.settle(true);
  }

  prune() {
    for (const id of this.chosen) if (!this.graph.nodes.has(id) && !this.graph.notes.has(id)) this.chosen.delete(id);
    for (const id of this.chosenGroups) if (!this.graph.groups.has(id)) this.chosenGroups.delete(id);
    for (const key of this.chosenEdges) if (!this.wayOf(key)) this.chosenEdges.delete(key);
    if (this.hovered && !this.wayOf(this.hovered)) this.hovered = null;
  }

  // ---- what is where
  *all() {
    yield* this.graph.boxes();
    for (const group of this.graph.groups.values()) {
      const box = !group.folded && this.graph.frame(group);
      if (box) yield [groupKey(group.id), box, "frame"];
    }
  }

  boxOf(id) {
    return this.graph.box(id);
  }

  wayOf(key) {
    const [source, exit] = key.split("\n");
    return this.graph.edges.get(source)?.has(exit) ? this.graph.way(source, exit) : null;
  }

  inView() {
    const { x, y, zoom } = this.viewport();
    const { width, height } = this.picture;
    return [-x / zoom, -y / zoom, (width - x) / zoom, (height - y) / zoom];
  }

  point(event) {
    const box = this.bounds ?? (this.bounds = this.root.getBoundingClientRect());
    const { x, y, zoom } = this.viewport();
    return [(event.clientX - box.left - x) / zoom, (event.clientY - box.top - y) / zoom];
  }

  middle() {
    const [x0, y0, x1, y1] = this.inView();
    return [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  domId(id) {
    return `${this.root.id}-n-${id}`;
  }

  spoken(id) {
    const node = this.graph.nodes.get(id);
    if (!node) return this.graph.notes.get(id)?.text ?? "";
    const exits = node.view.exits.map((e) => {
      const target = this.graph.nodes.get(this.graph.edges.get(id)?.get(e.name));
      return `${e.label || e.name}: ${target ? target.view.title : this.words.nothing}`;
    });
    const mark = this.marks.get(id);
    return [node.view.title, ...node.view.lines, mark?.[2], ...exits].filter(Boolean).join(". ");
  }

  // ---- selection
  isChosen(key) {
    const group = groupOf(key);
    return group === null ? this.chosen.has(key) : this.chosenGroups.has(group);
  }

  choose({ ids = [], edges = [], groups = [] }, { add = false, quiet = false } = {}) {
    const before = new Set([...this.chosen, ...[...this.chosenGroups].map(groupKey)]);
    if (!add) {
      this.chosen.clear();
      this.chosenEdges.clear();
      this.chosenGroups.clear();
    }
    for (const id of ids) this.chosen.add(id);
    for (const key of edges) this.chosenEdges.add(key);
    for (const id of groups) this.chosenGroups.add(id);
    this.selected(before, quiet);
  }

  toggle(id) {
    const before = new Set(this.chosen);
    if (!this.chosen.delete(id)) this.chosen.add(id);
    this.selected(new Set([...before, id]), false);
  }

  selected(before, quiet) {
    for (const key of before) this.touch(key);
    for (const id of this.chosen) this.touch(id);
    for (const id of this.chosenGroups) this.touch(groupKey(id));
    if (!quiet) this.emit("select", [...this.chosen]);
    this.say();
    this.minimap.stale = true;
    this.repaint();
    this.ui();
  }

  say() {
    const [first] = this.chosen;
    this.spokenNow = this.chosen.size > 1 ? this.words.selected.replace("#", String(this.chosen.size))
      : this.chosen.size ? this.spoken(first) : "";
  }

  /** Nodes and notes that a move takes along: the selection, and what stands in selected groups. */
  movable() {
    const ids = new Set(this.chosen);
    for (const id of this.chosenGroups) for (const node of this.graph.groups.get(id)?.nodes ?? []) ids.add(node);
    for (const id of [...ids]) {
      const fold = this.graph.folded.get(id);
      if (fold) for (const node of this.graph.groups.get(fold).nodes) ids.add(node);
    }
    return [...ids].filter((id) => this.graph.nodes.has(id) || this.graph.notes.has(id));
  }

  // ---- layers and marks
  paint(layer, paint) {
    const ready = prepared(layer, paint);
    if (ready === undefined) delete this.paints[layer];
    else this.paints[layer] = ready;
    for (const id of this.mounted.keys()) this.touch(id);
    this.repaint();
  }

  setMarks(marks) {
    const old = this.marks;
    this.marks = new Map(Object.entries(marks));
    for (const id of this.mounted.keys()) {
      if (String(old.get(id)) !== String(this.marks.get(id))) this.touch(id);
    }
    this.repaint();
  }

  nodeLook(id) {
    return this.look(id);
  }

  edgeLook(way) {
    return edgeLook(this, way);
  }

  peersAt(id) {
    return peersAt(this, id);
  }

  // ---- repainting
  touch(key) {
    this.stage?.touch(key);
    const home = this.graph.homes.get(key);
    if (home !== undefined) this.stage?.touch(groupKey(home));
  }

  settle(force) {
    if (!this.stage) return;
    if (this.minimap) this.minimap.stale = true;
    this.replan = this.replan || force;
    this.repaint();
    this.ui();
  }

  repaint() {
    if (this.due || !this.picture) return;
    this.due = requestAnimationFrame(() => this.frame());
  }

  frame() {
    this.due = 0;
    this.bounds = null;
    const near = this.near;
    const more = this.stage.step(this.replan);
    if (near !== this.near) this.ui();
    this.replan = false;
    this.paintNow();
    if (more) this.repaint();
  }

  paintNow() {
    this.picture.draw(this);
    if (this.minimapShown) this.minimap.draw(this);
    this.tools?.();
  }

  // ---- hit testing, for what is not an element
  nodeUnder(x, y) {
    let found = null;
    for (const [id, box, kind] of this.graph.boxes()) {
      if (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && (kind !== "note" || !found)) found = id;
    }
    return found;
  }

  inBox(rect) {
    const ids = [], groups = [];
    for (const [id, box, kind] of this.graph.boxes()) {
      if (!crosses(box, rect)) continue;
      if (kind === "fold") groups.push(groupOf(id));
      else ids.push(id);
    }
    return { ids, groups };
  }

  bounding(ids) {
    return around([...ids].map((id) => this.graph.box(id)).filter(Boolean));
  }
}
