// An edge in the hand: from an exit to a step that it shall lead to, or the end of an edge that is there. A magnet of
// about 40 px finds the nearest entry; any step takes an edge, also the one that it comes from.
import { snap } from "../model/geometry.js";

const MAGNET = 40;

export class Pull {
  constructor(scene, hit) {
    this.scene = scene;
    if (hit.kind === "end") [this.source, this.exit] = hit.key.split("\n");
    else [this.source, this.exit] = [hit.id, hit.exit];
    this.again = hit.kind === "end";
    scene.root.classList.add("tc-pulling");
  }

  to(x, y) {
    const { scene } = this;
    const target = this.nearest(x, y);
    const [sx, sy] = scene.graph.out(this.source, this.exit);
    const [tx, ty] = target ? scene.graph.in(target) : [x, y];
    if (scene.magnet !== target) {
      const old = scene.magnet;
      scene.magnet = target;
      if (old) scene.touch(old);
      if (target) scene.touch(target);
    }
    scene.pulling = { sx, sy, tx, ty, ok: target ? { x: tx, y: ty } : null };
  }

  nearest(x, y) {
    const { scene } = this;
    const reach = MAGNET / Math.min(1, scene.viewport().zoom);
    let best = reach, found = null;
    for (const [id, box, kind] of scene.graph.boxes()) {
      if (kind !== "node") continue;
      if (x < box[0] - reach || x > box[2] || y < box[1] - reach || y > box[3] + reach) continue;
      if (x >= box[0] && y >= box[1] && y <= box[3]) return id;
      const [ex, ey] = scene.graph.in(id);
      const d = Math.hypot(x - ex, y - ey);
      if (d < best) [best, found] = [d, id];
    }
    return found;
  }

  drop(x, y) {
    const { scene } = this;
    const target = this.nearest(x, y);
    this.stop();
    if (target) {
      if (scene.graph.edges.get(this.source)?.get(this.exit) !== target) scene.connect(this.source, this.exit, target);
    } else if (!this.again) {
      scene.ask("insert", { kind: null, at: [snap(x), snap(y - 20)], from: [this.source, this.exit] });
    }
  }

  stop() {
    const { scene } = this;
    const old = scene.magnet;
    scene.magnet = null;
    scene.pulling = null;
    if (old) scene.touch(old);
    scene.root.classList.remove("tc-pulling");
    scene.repaint();
  }
}
