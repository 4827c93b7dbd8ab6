// The flow as the canvas shows it, in plain maps: nothing here is reactive, whatever its size. `changed` collects what
// a repaint has to look at.
import { FOLD_HEIGHT, HEAD, WIDTH, around, exitAt, heightOf, route } from "./geometry.js";

/** Groups have names of their own; on the canvas they stand beside nodes. */
export const groupKey = (id) => `group:${id}`;
export const groupOf = (key) => (key.startsWith("group:") ? key.slice(6) : null);
export const edgeKey = (source, exit) => `${source}\n${exit}`;
const FRAME = { side: 20, top: 40, foot: 20 };

export class Graph {
  constructor() {
    this.clear();
  }

  clear() {
    this.rev = -1;
    this.start = "";
    this.nodes = new Map();
    this.notes = new Map();
    this.groups = new Map();
    this.edges = new Map();
    this.into = new Map();
    this.folded = new Map();
    this.homes = new Map();
    this.ways = new Map();
  }

  load(json) {
    this.clear();
    this.rev = json.rev;
    this.start = json.start;
    for (const view of json.nodes) this.putNode(view);
    for (const [source, exit, target] of json.edges) this.lead(source, exit, target);
    for (const note of json.notes ?? []) this.notes.set(note.id, noteOf(note));
    for (const group of json.groups ?? []) this.groups.set(group.id, group);
    this.regroup();
  }

  // ---- single changes
  putNode(view) {
    const old = this.nodes.get(view.id);
    const node = old ?? { id: view.id };
    Object.assign(node, { view, x: view.x, y: view.y, w: WIDTH, h: heightOf(view) });
    this.nodes.set(view.id, node);
    this.unroute(view.id);
    return node;
  }

  dropNode(id) {
    this.nodes.delete(id);
    this.unroute(id);
    for (const exit of [...(this.edges.get(id)?.keys() ?? [])]) this.unlead(id, exit);
  }

  /** What leaves one node: [[exit, target], …]. */
  putEdges(source, pairs) {
    for (const exit of [...(this.edges.get(source)?.keys() ?? [])]) this.unlead(source, exit);
    for (const [exit, target] of pairs) this.lead(source, exit, target);
  }

  edgesOf(source) {
    return [...(this.edges.get(source) ?? [])];
  }

  lead(source, exit, target) {
    this.unlead(source, exit);
    if (!this.edges.has(source)) this.edges.set(source, new Map());
    this.edges.get(source).set(exit, target);
    if (!this.into.has(target)) this.into.set(target, new Set());
    const key = edgeKey(source, exit);
    this.into.get(target).add(key);
    this.ways.set(key, { source, exit, way: undefined });
  }

  unlead(source, exit) {
    const exits = this.edges.get(source);
    const target = exits?.get(exit);
    if (target === undefined) return;
    exits.delete(exit);
    if (!exits.size) this.edges.delete(source);
    this.into.get(target)?.delete(edgeKey(source, exit));
    this.ways.delete(edgeKey(source, exit));
  }

  place(id, x, y) {
    const thing = this.nodes.get(id) ?? this.notes.get(id);
    if (!thing) return;
    thing.x = x;
    thing.y = y;
    if (this.nodes.has(id)) this.unroute(id);
  }

  regroup() {
    const before = this.folded;
    this.folded = new Map();
    this.homes = new Map();
    for (const group of this.groups.values()) {
      for (const id of group.nodes ?? []) {
        this.homes.set(id, group.id);
        if (group.folded) this.folded.set(id, group.id);
      }
    }
    for (const id of new Set([...before.keys(), ...this.folded.keys()])) this.unroute(id);
  }

  unroute(id) {
    const ids = this.folded.has(id) ? this.groups.get(this.folded.get(id))?.nodes ?? [id] : [id];
    for (const one of ids) {
      for (const exit of this.edges.get(one)?.keys() ?? []) this.ways.get(edgeKey(one, exit)).way = undefined;
      for (const key of this.into.get(one) ?? []) this.ways.get(key).way = undefined;
    }
  }

  // ---- where things are
  box(id) {
    const thing = this.nodes.get(id) ?? this.notes.get(id);
    if (thing) return [thing.x, thing.y, thing.x + thing.w, thing.y + thing.h];
    const group = this.groups.get(groupOf(id) ?? "");
    return group ? this.frame(group) : null;
  }

  /** A group's frame round its nodes, or the small box that stands for them. Null for one without nodes. */
  frame(group) {
    const boxes = (group.nodes ?? []).filter((id) => this.nodes.has(id)).map((id) => this.box(id));
    const all = around(boxes);
    if (!all) return null;
    if (group.folded) return [all[0], all[1], all[0] + WIDTH, all[1] + FOLD_HEIGHT];
    return [all[0] - FRAME.side, all[1] - FRAME.top, all[2] + FRAME.side, all[3] + FRAME.foot];
  }

  out(source, exit) {
    const node = this.nodes.get(source);
    const fold = this.folded.get(source);
    if (fold) {
      const box = this.frame(this.groups.get(fold));
      return [box[2], (box[1] + box[3]) / 2, box[3]];
    }
    const [dx, dy] = exitAt(node.view, exit);
    return [node.x + dx, node.y + dy, node.y + node.h];
  }

  in(target) {
    const node = this.nodes.get(target);
    const fold = this.folded.get(target);
    if (fold) {
      const box = this.frame(this.groups.get(fold));
      return [box[0], (box[1] + box[3]) / 2, box[3]];
    }
    return [node.x, node.y + HEAD / 2, node.y + node.h];
  }

  /** The way of an edge, or null where it is not drawn: an end is missing, or both are folded into one box. */
  way(source, exit) {
    const kept = this.ways.get(edgeKey(source, exit));
    return kept === undefined ? null : this.routed(kept);
  }

  routed(kept) {
    if (kept.way !== undefined) return kept.way;
    const { source, exit } = kept;
    const target = this.edges.get(source)?.get(exit);
    let way = null;
    const fold = this.folded.get(source);
    const inside = fold !== undefined && fold === this.folded.get(target);
    if (this.nodes.has(source) && this.nodes.has(target) && !inside) {
      const from = this.out(source, exit);
      const to = this.in(target);
      way = route(from[0], from[1], to[0], to[1], Math.max(from[2], to[2]));
      Object.assign(way, { source, exit, target });
    }
    kept.way = way;
    return way;
  }

  *allWays() {
    for (const kept of this.ways.values()) {
      const way = kept.way === undefined ? this.routed(kept) : kept.way;
      if (way) yield way;
    }
  }

  loose(id) {
    return !this.edges.get(id)?.size && !this.into.get(id)?.size;
  }

  /** Everything that is drawn as a box of its own: [id, box, kind]. */
  *boxes() {
    for (const [id, n] of this.nodes) if (!this.folded.has(id)) yield [id, [n.x, n.y, n.x + n.w, n.y + n.h], "node"];
    for (const [id, n] of this.notes) yield [id, [n.x, n.y, n.x + n.w, n.y + n.h], "note"];
    for (const group of this.groups.values()) {
      const box = group.folded && this.frame(group);
      if (box) yield [groupKey(group.id), box, "fold"];
    }
  }

  extent(ids) {
    const boxes = [];
    if (ids) for (const id of ids) { const fold = this.folded.get(id); const box = this.box(fold ? groupKey(fold) : id); if (box) boxes.push(box); }
    else {
      for (const [, box] of this.boxes()) boxes.push(box);
      for (const group of this.groups.values()) { const box = this.frame(group); if (box) boxes.push(box); }
    }
    return around(boxes);
  }
}

export function noteOf(raw) {
  return {
    id: raw.id, text: String(raw.text ?? ""), x: raw.x ?? 0, y: raw.y ?? 0,
    w: raw.width ?? 200, h: raw.height ?? 120, color: raw.color ?? "yellow",
  };
}

export const noteRaw = (n) => ({ id: n.id, text: n.text, x: n.x, y: n.y, width: n.w, height: n.h, color: n.color });
