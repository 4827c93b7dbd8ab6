// The mouse, the pen and the finger on the canvas. One gesture at a time: move, box, pull (an edge), resize. What is not
// taken here goes to Vue Flow, which pans and pinches.
import { snap } from "../model/geometry.js";
import { groupKey, noteRaw } from "../model/graph.js";
import { Carry } from "./carry.js";
import { edgeUnder, endUnder, under } from "./hit.js";
import { Pull } from "./pull.js";

const SLOP = 4;
const RIM = 36;

export class Hand {
  constructor(scene) {
    this.scene = scene;
    this.gesture = null;
    this.space = false;
    const { root } = scene;
    root.addEventListener("pointerdown", (e) => this.down(e), true);
    for (const name of ["mousedown", "touchstart"]) {
      root.addEventListener(name, (e) => this.gesture && e.stopPropagation(), { capture: true, passive: true });
    }
    root.addEventListener("pointermove", (e) => this.moved(e));
    root.addEventListener("pointerup", (e) => this.up(e));
    root.addEventListener("pointercancel", () => this.cancel());
    root.addEventListener("pointerleave", () => this.hover(null));
    root.addEventListener("click", (e) => this.clicked(e));
    root.addEventListener("dblclick", (e) => this.twice(e));
    root.addEventListener("wheel", (e) => this.wheel(e), { capture: true, passive: false });
  }

  // ---- gestures
  down(event) {
    const { scene } = this;
    if (this.gesture) return;
    scene.bounds = null;
    const hit = under(scene, event);
    if (hit.kind === "ui") return;
    scene.root.classList.add("tc-mouse");
    if (event.button !== 0 || this.space) return;
    scene.root.focus({ preventScroll: true });
    const [x, y] = scene.point(event);
    const base = { hit, x, y, cx: event.clientX, cy: event.clientY, event, moved: false };
    const many = event.shiftKey || event.ctrlKey || event.metaKey;
    switch (hit.kind) {
      case "exit":
        this.gesture = { ...base, kind: "pull" };
        break;
      case "end":
        this.gesture = { ...base, kind: "pull" };
        break;
      case "grip":
        this.gesture = { ...base, kind: "resize" };
        break;
      case "node":
        if (!many && !scene.chosen.has(hit.id)) scene.choose({ ids: [hit.id] });
        this.gesture = { ...base, kind: "move", many };
        break;
      case "group":
        if (!scene.chosenGroups.has(hit.id)) scene.choose({ groups: [hit.id] }, { add: many });
        this.gesture = { ...base, kind: "move", many: false };
        break;
      case "edge":
        this.gesture = { ...base, kind: "edge", many };
        break;
      case "pane":
        if (event.pointerType === "touch" && scene.tool !== "select") return;
        if (event.shiftKey || scene.tool === "select") this.gesture = { ...base, kind: "box", many };
        else return;
        break;
      default:
        return;
    }
    // the browser would start to select text, and Vue Flow to pan
    event.preventDefault();
    scene.root.setPointerCapture(event.pointerId);
  }

  moved(event) {
    const { scene } = this;
    scene.pointer = [event.clientX, event.clientY];
    const g = this.gesture;
    if (!g) {
      if (event.buttons === 0) this.later(() => this.hoverAt(event));
      return;
    }
    g.event = event;
    if (!g.moved) {
      if (Math.hypot(event.clientX - g.cx, event.clientY - g.cy) < SLOP) return;
      if (!this.begin(g)) return;
      g.moved = true;
    }
    this.later(() => this.step());
  }

  later(what) {
    this.what = what;
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      this.what();
    });
  }

  begin(g) {
    const { scene } = this;
    if (g.kind === "move") {
      if (!scene.editable) {
        this.gesture = null;
        scene.refused();
        return false;
      }
      g.carry = new Carry(scene, g);
    } else if (g.kind === "pull") {
      if (!scene.editable) {
        this.gesture = null;
        scene.refused();
        return false;
      }
      g.pull = new Pull(scene, g.hit);
    } else if (g.kind === "resize") {
      const note = scene.graph.notes.get(g.hit.id);
      g.size = [note.w, note.h];
    } else if (g.kind === "box") {
      g.before = { ids: [...scene.chosen], groups: [...scene.chosenGroups] };
    }
    return true;
  }

  step() {
    const { scene } = this;
    const g = this.gesture;
    if (!g?.moved) return;
    this.rim(g);
    const [x, y] = scene.point(g.event);
    g.now = [x, y];
    if (g.kind === "move") g.carry.to(x, y);
    else if (g.kind === "pull") g.pull.to(x, y);
    else if (g.kind === "resize") {
      const note = scene.graph.notes.get(g.hit.id);
      note.w = Math.max(120, snap(g.size[0] + x - g.x));
      note.h = Math.max(60, snap(g.size[1] + y - g.y));
      scene.touch(g.hit.id);
    } else if (g.kind === "box") {
      const rect = [Math.min(x, g.x), Math.min(y, g.y), Math.max(x, g.x), Math.max(y, g.y)];
      scene.rubber(rect);
      const inside = scene.inBox(rect);
      const ids = g.many ? [...new Set([...g.before.ids, ...inside.ids])] : inside.ids;
      const groups = g.many ? [...new Set([...g.before.groups, ...inside.groups])] : inside.groups;
      const same = ids.length === scene.chosen.size && ids.every((id) => scene.chosen.has(id));
      if (!same || groups.length !== scene.chosenGroups.size) scene.choose({ ids, groups }, { quiet: true });
    }
    scene.repaint();
  }

  /** Near the rim the view goes along. */
  rim(g) {
    if (g.kind === "resize") return;
    const { scene } = this;
    const box = scene.bounds ?? (scene.bounds = scene.root.getBoundingClientRect());
    const pull = (at, low, high) => (at < low + RIM ? Math.min(1, (low + RIM - at) / RIM) : at > high - RIM ? -Math.min(1, (at - high + RIM) / RIM) : 0);
    const dx = pull(g.event.clientX, box.left, box.right) * 14;
    const dy = pull(g.event.clientY, box.top, box.bottom) * 14;
    if (!dx && !dy) return;
    scene.camera.pan(dx, dy);
    this.later(() => this.step());
  }

  up() {
    const { scene } = this;
    const g = this.gesture;
    if (!g) return;
    if (this.due) {
      cancelAnimationFrame(this.due);
      this.due = null;
      this.step();
    }
    this.gesture = null;
    scene.root.classList.remove("tc-moving");
    if (!g.moved) {
      this.still(g);
      return;
    }
    if (g.kind === "move") g.carry.drop();
    else if (g.kind === "pull") g.pull.drop(...g.now);
    else if (g.kind === "resize") {
      const note = scene.graph.notes.get(g.hit.id);
      const wanted = noteRaw(note);
      [note.w, note.h] = g.size;
      scene.do({ do: "put_note", note: wanted });
    } else if (g.kind === "box") {
      scene.rubber(null);
      scene.choose({ ids: [...scene.chosen], groups: [...scene.chosenGroups] });
    }
    this.swallow = performance.now();
    scene.repaint();
  }

  /** A press without a move. */
  still(g) {
    const { scene } = this;
    switch (g.hit.kind) {
      case "node":
        if (g.many) scene.toggle(g.hit.id);
        else if (scene.chosen.size > 1 || scene.chosenEdges.size || scene.chosenGroups.size) scene.choose({ ids: [g.hit.id] });
        break;
      case "edge":
        scene.choose({ edges: [g.hit.key] }, { add: g.many });
        break;
      case "exit": {
        const [x, y] = scene.graph.out(g.hit.id, g.hit.exit);
        scene.ask("insert", { kind: null, at: [snap(x + 80), snap(y - 20)], from: [g.hit.id, g.hit.exit] });
        break;
      }
      case "pane":
        if (!g.many) scene.choose({});
        break;
    }
  }

  cancel() {
    const g = this.gesture;
    const { scene } = this;
    if (!g) return false;
    this.gesture = null;
    scene.root.classList.remove("tc-moving");
    g.carry?.back();
    if (g.kind === "pull") g.pull?.stop();
    if (g.kind === "resize" && g.size) {
      const note = scene.graph.notes.get(g.hit.id);
      if (note) [note.w, note.h] = g.size;
      scene.touch(g.hit.id);
    }
    scene.rubber(null);
    scene.repaint();
    return true;
  }

  // ---- clicks, wheel, hover
  clicked(event) {
    const { scene } = this;
    const hit = under(scene, event);
    if (hit.kind === "figure") scene.ask("exit", { id: hit.id, exit: hit.exit });
    // Vue Flow swallows the click after a pan; one that arrives on the empty canvas means "none of these"
    if (hit.kind === "pane" && performance.now() - (this.swallow ?? 0) > 60 && !event.shiftKey && scene.tool !== "select") {
      if (scene.chosen.size + scene.chosenEdges.size + scene.chosenGroups.size) scene.choose({});
    }
  }

  twice(event) {
    const { scene } = this;
    const hit = under(scene, event);
    const [x, y] = scene.point(event);
    if (hit.kind === "ui" || hit.kind === "exit") return;
    if (hit.kind === "node") {
      if (scene.graph.notes.has(hit.id)) scene.edit(hit.id);
      else scene.ask("open", { id: hit.id });
    } else if (hit.kind === "group") scene.edit(groupKey(hit.id));
    else if (hit.kind === "edge") scene.ask("insert", { kind: null, at: [snap(x), snap(y)], edge: hit.key.split("\n") });
    else if (hit.kind === "pane") scene.ask("insert", { kind: null, at: [snap(x), snap(y)] });
  }

  wheel(event) {
    if (event.target instanceof Element && event.target.closest(".nowheel")) return;
    event.preventDefault();
    event.stopPropagation();
    const { scene } = this;
    const unit = event.deltaMode === 1 ? 20 : event.deltaMode === 2 ? 400 : 1;
    const w = (this.rolled ??= { dx: 0, dy: 0, zoom: 0 });
    if (event.ctrlKey || event.metaKey) {
      w.zoom -= event.deltaY * unit * (event.ctrlKey && Math.abs(event.deltaY) < 40 ? 0.01 : 0.002);
      const box = scene.bounds ?? (scene.bounds = scene.root.getBoundingClientRect());
      w.at = [event.clientX - box.left, event.clientY - box.top];
    } else {
      const sideways = event.shiftKey && !event.deltaX;
      w.dx -= (sideways ? event.deltaY : event.deltaX) * unit;
      w.dy -= (sideways ? 0 : event.deltaY) * unit;
    }
    this.rolling ??= requestAnimationFrame(() => {
      this.rolling = null;
      const r = this.rolled;
      this.rolled = null;
      if (r.dx || r.dy) scene.camera.pan(r.dx, r.dy);
      if (r.zoom) scene.camera.by(2 ** r.zoom, r.at);
    });
  }

  hoverAt(event) {
    if (!this.scene.picture || this.gesture) return;
    const el = event.target instanceof Element ? event.target : null;
    if (el?.closest(".tc-edge-tools")) return;
    if (el?.closest(".tc-ui, [data-node], [data-frame]")) {
      // near an edge's end one is over the node already
      if (!endUnder(this.scene, ...this.scene.point(event))) this.hover(null);
      return;
    }
    const [x, y] = this.scene.point(event);
    this.hover(this.scene.nodeUnder(x, y) ? null : edgeUnder(this.scene, x, y));
    this.scene.root.classList.toggle("tc-at-end", Boolean(endUnder(this.scene, x, y)));
  }

  hover(key) {
    const { scene } = this;
    if (scene.hovered === key) return;
    scene.hovered = key;
    scene.root.classList.toggle("tc-on-edge", key !== null);
    scene.repaint();
    scene.ui();
  }
}
