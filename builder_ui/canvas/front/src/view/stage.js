// Which nodes are real elements: those near the view, a few more each frame, none at a distance. What is in view and not
// mounted yet is drawn by the picture below, so nothing is ever missing.
import { markRaw, shallowRef } from "vue";
import { crosses } from "../model/geometry.js";

export const NEAR = 0.4;
const MOST = 160;
const A_FRAME = 8;

export class Stage {
  constructor(flow, scene) {
    this.flow = flow;
    this.scene = scene;
    this.mounted = new Map();
    this.area = null;
    this.behind = false;
  }

  /** One step towards what should be mounted; whether there is more to do. `force`: the flow changed. */
  step(force) {
    const { scene } = this;
    const view = scene.inView();
    scene.near = scene.viewport().zoom >= NEAR;
    if (!force && !this.behind && this.area && inside(view, this.area) && scene.near === this.wasNear) return false;
    if (force || !this.area || !inside(view, this.area) || scene.near !== this.wasNear) this.plan(view);
    this.wasNear = scene.near;
    return this.work();
  }

  plan(view) {
    this.wanted = new Map();
    this.area = view;
    if (!this.scene.near) return;
    const w = view[2] - view[0], h = view[3] - view[1];
    const wide = [view[0] - w / 2, view[1] - h / 2, view[2] + w / 2, view[3] + h / 2];
    const rim = [];
    for (const [id, box, kind] of this.scene.all()) {
      if (!crosses(box, wide)) continue;
      if (crosses(box, view)) this.wanted.set(id, kind);
      else rim.push([id, kind]);
    }
    // at a middling zoom the rim would be hundreds of nodes: then only what is seen
    if (this.wanted.size + rim.length <= MOST) {
      for (const [id, kind] of rim) this.wanted.set(id, kind);
      this.area = [view[0] - w / 4, view[1] - h / 4, view[2] + w / 4, view[3] + h / 4];
    }
  }

  work() {
    const gone = [];
    for (const [id, kind] of this.mounted) if (this.wanted.get(id) !== kind) gone.push(id);
    const fresh = [];
    let left = this.mounted.size < 4 ? 60 : A_FRAME;
    for (const [id, kind] of this.wanted) {
      // one that changed its kind leaves first: Vue Flow would keep the old element under the same name
      if (this.mounted.has(id)) {
        if (this.mounted.get(id) !== kind) left = Math.min(left, 0) - 1;
        continue;
      }
      if (left-- <= 0) break;
      fresh.push([id, kind]);
    }
    if (gone.length) {
      this.flow.removeNodes(gone, false);
      for (const id of gone) this.mounted.delete(id);
    }
    if (fresh.length) {
      for (const [id, kind] of fresh) this.mounted.set(id, kind);
      this.flow.addNodes(fresh.map(([id, kind]) => this.element(id, kind)));
    }
    this.behind = left < 0;
    return this.behind || gone.length > 0 || fresh.length > 0;
  }

  element(id, kind) {
    const box = this.scene.boxOf(id, kind);
    const w = box[2] - box[0], h = box[3] - box[1];
    return {
      id, type: kind, position: { x: box[0], y: box[1] },
      data: markRaw({ id, tick: shallowRef(0) }),
      dimensions: markRaw({ width: w, height: h }),
      handleBounds: markRaw({ source: [], target: [] }),
      style: { width: `${w}px`, height: `${h}px`, pointerEvents: kind === "frame" ? "none" : "all" },
      zIndex: kind === "frame" ? 0 : kind === "note" ? 1 : 2,
    };
  }

  /** Bring a mounted element up to date. */
  touch(id) {
    if (!this.mounted.has(id)) return;
    const node = this.flow.findNode(id);
    const box = this.scene.boxOf(id, this.mounted.get(id));
    if (!node || !box) return;
    if (node.position.x !== box[0] || node.position.y !== box[1]) node.position = { x: box[0], y: box[1] };
    const w = box[2] - box[0], h = box[3] - box[1];
    if (node.dimensions.width !== w || node.dimensions.height !== h) {
      node.dimensions = markRaw({ width: w, height: h });
      node.style = { ...node.style, width: `${w}px`, height: `${h}px` };
    }
    node.data.tick.value++;
  }

  empty() {
    const ids = [...this.mounted.keys()];
    if (ids.length) this.flow.removeNodes(ids, false);
    this.mounted.clear();
    this.area = null;
  }
}

const inside = (a, b) => a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3];
