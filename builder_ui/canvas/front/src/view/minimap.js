// The whole flow, small, on a 2D canvas. The boxes are drawn when the flow changes; the frame of the view moves alone.
import { groupColour, noteColour } from "./colours.js";

const WIDTH = 184, HEIGHT = 120, MARGIN = 8;

export class Minimap {
  constructor(canvas) {
    this.canvas = canvas;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    canvas.width = WIDTH * this.ratio;
    canvas.height = HEIGHT * this.ratio;
    this.ctx = canvas.getContext("2d");
    this.picture = new OffscreenCanvas(canvas.width, canvas.height);
    this.stale = true;
  }

  paint(scene) {
    const ctx = this.picture.getContext("2d");
    const c = scene.colours;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this.picture.width, this.picture.height);
    const all = scene.graph.extent() ?? [0, 0, 1, 1];
    const wide = Math.max(all[2] - all[0], 400), high = Math.max(all[3] - all[1], 260);
    this.scale = Math.min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high);
    this.left = WIDTH / 2 - ((all[0] + all[2]) / 2) * this.scale;
    this.top = HEIGHT / 2 - ((all[1] + all[3]) / 2) * this.scale;
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    for (const [id, box, kind] of scene.graph.boxes()) {
      ctx.fillStyle = kind === "node" ? groupColour(c, scene.graph.nodes.get(id).view.group)
        : kind === "note" ? noteColour(c, scene.graph.notes.get(id).color) : c["ink-3"];
      if (scene.isChosen(id)) ctx.fillStyle = c.brand;
      ctx.fillRect(
        box[0] * this.scale + this.left, box[1] * this.scale + this.top,
        Math.max(1.5, (box[2] - box[0]) * this.scale), Math.max(1.5, (box[3] - box[1]) * this.scale),
      );
    }
    this.stale = false;
  }

  draw(scene) {
    if (this.stale) this.paint(scene);
    const { ctx } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    ctx.drawImage(this.picture, 0, 0);
    const [x0, y0, x1, y1] = scene.inView();
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ctx.strokeStyle = scene.colours.ink;
    ctx.lineWidth = 1.5;
    ctx.strokeRect(
      x0 * this.scale + this.left, y0 * this.scale + this.top, (x1 - x0) * this.scale, (y1 - y0) * this.scale,
    );
  }

  /** The flow's point under a point of the map. */
  at(x, y) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale];
  }
}
