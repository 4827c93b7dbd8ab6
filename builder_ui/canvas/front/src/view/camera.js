// Where one looks: fitting, zooming, bringing things into view. Knows nodes that are not mounted.
import { around } from "../model/geometry.js";

export const FARTHEST = 0.05;
export const NEAREST = 2;
const CLOSE = 1.1;
const PAD = 56;
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Camera {
  constructor(flow, scene) {
    this.flow = flow;
    this.scene = scene;
  }

  to(view, duration = 180) {
    return this.flow.setViewport(view, duration && !still() ? { duration } : undefined);
  }

  fit(ids, duration = 180, closest = CLOSE) {
    const box = this.scene.graph.extent(ids);
    if (!box) return this.to({ x: 60, y: 60, zoom: 1 }, 0);
    const { width, height } = this.scene.picture;
    const zoom = Math.max(FARTHEST, Math.min(closest, this.fitting(box)));
    return this.to(centred(box, zoom, width, height), duration);
  }

  /** The zoom at which a box, or the whole flow, just fits. */
  fitting(box = this.scene.graph.extent()) {
    const { width, height } = this.scene.picture;
    return box ? Math.min((width - 2 * PAD) / (box[2] - box[0] || 1), (height - 2 * PAD) / (box[3] - box[1] || 1)) : 1;
  }

  /** The beginning of a flow that is too large to be read whole: a step at the left, and no empty space above or below
   * while there is something to show. */
  home(id) {
    const box = this.scene.graph.box(id);
    const all = this.scene.graph.extent();
    const { height } = this.scene.picture;
    const zoom = Math.max(0.8, Math.min(1, (height - 2 * PAD) / (all[3] - all[1])));
    const high = height / zoom, pad = PAD / zoom;
    const lowest = all[1] - pad, highest = all[3] + pad - high;
    const top = highest < lowest ? (all[1] + all[3] - high) / 2
      : Math.max(lowest, Math.min(highest, (box[1] + box[3] - high) / 2));
    return this.to({ x: 80 - box[0] * zoom, y: -top * zoom, zoom }, 0);
  }

  by(factor, at) {
    const { x, y, zoom } = this.scene.viewport();
    const { width, height } = this.scene.picture;
    const next = Math.max(FARTHEST, Math.min(NEAREST, zoom * factor));
    const [px, py] = at ?? [width / 2, height / 2];
    return this.to({ x: px - ((px - x) / zoom) * next, y: py - ((py - y) / zoom) * next, zoom: next }, at ? 0 : 120);
  }

  one() {
    return this.by(1 / this.scene.viewport().zoom);
  }

  pan(dx, dy) {
    const { x, y, zoom } = this.scene.viewport();
    return this.to({ x: x + dx, y: y + dy, zoom }, 0);
  }

  centre(px, py) {
    const { zoom } = this.scene.viewport();
    const { width, height } = this.scene.picture;
    return this.to({ x: width / 2 - px * zoom, y: height / 2 - py * zoom, zoom }, 0);
  }

  /** Bring things into view, by moving as little as will do; nearer when they could not be read. */
  reveal(ids) {
    const box = around([...ids].map((id) => this.scene.graph.extent([id])).filter(Boolean));
    if (!box) return;
    const view = this.scene.inView();
    const { zoom } = this.scene.viewport();
    const pad = 40 / zoom;
    const seen = box[0] >= view[0] + pad && box[1] >= view[1] + pad && box[2] <= view[2] - pad && box[3] <= view[3] - pad;
    if (seen && zoom >= 0.5) return;
    const { width, height } = this.scene.picture;
    const fits = Math.min((width - 112) / (box[2] - box[0]), (height - 112) / (box[3] - box[1]));
    this.to(centred(box, Math.max(FARTHEST, Math.min(fits, Math.max(zoom, 0.8))), width, height));
  }
}

const centred = (box, zoom, width, height) => ({
  x: width / 2 - ((box[0] + box[2]) / 2) * zoom, y: height / 2 - ((box[1] + box[3]) / 2) * zoom, zoom,
});
