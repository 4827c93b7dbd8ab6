// An edge in the hand: from an exit to a step that it shall lead to, or either end of an edge that is there. A magnet of
// about 40 px finds the nearest entry or exit; any step takes an edge, also the one that it comes from.
import { snap } from "../model/geometry.js";

const MAGNET = 40;

export class Pull {
  constructor(scene, hit) {
    this.scene = scene;
    if (hit.kind === "end") {
      [this.source, this.exit] = hit.key.split("\n");
      this.target = scene.graph.edges.get(this.source).get(this.exit);
    } else [this.source, this.exit] = [hit.id, hit.exit];
    this.backwards = hit.which === "source";
    scene.root.classList.add("tc-pulling");
  }

  to(x, y) {
    const { scene } = this;
    const found = this.nearest(x, y);
    const [tx, ty] = this.backwards ? scene.graph.in(this.target) : found ? scene.graph.in(found.id) : [x, y];
    const [sx, sy] = !this.backwards ? scene.graph.out(this.source, this.exit) : found ? scene.graph.out(found.id, found.exit) : [x, y];
    this.mark(found?.id ?? null);
    scene.pulling = { sx, sy, tx, ty, ok: found ? (this.backwards ? { x: sx, y: sy } : { x: tx, y: ty }) : null };
  }

  mark(id) {
    const { scene } = this;
    const old = scene.magnet;
    if (old === id) return;
    scene.magnet = id;
    if (old) scene.touch(old);
    if (id) scene.touch(id);
  }

  nearest(x, y) {
    const { scene } = this;
    const reach = MAGNET / Math.min(1, scene.viewport().zoom);
    let best = reach, found = null;
    for (const [id, box, kind] of scene.graph.boxes()) {
      if (kind !== "node") continue;
      if (x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach) continue;
      if (this.backwards) {
        for (const { name } of scene.graph.nodes.get(id).view.exits) {
          const [ex, ey] = scene.graph.out(id, name);
          const d = Math.hypot(x - ex, y - ey);
          if (d < best) [best, found] = [d, { id, exit: name }];
        }
        continue;
      }
      if (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]) return { id };
      const [ex, ey] = scene.graph.in(id);
      const d = Math.hypot(x - ex, y - ey);
      if (d < best) [best, found] = [d, { id }];
    }
    return found;
  }

  drop(x, y) {
    const { scene } = this;
    const found = this.nearest(x, y);
    this.stop();
    if (!found) {
      // an edge that was there stays as it was: nothing is lost by letting go
      if (!this.target) scene.ask("insert", { kind: null, at: [snap(x), snap(y - 20)], from: [this.source, this.exit] });
    } else if (this.backwards) {
      if (found.id === this.source && found.exit === this.exit) return;
      scene.batch([
        { do: "disconnect", from: this.source, exit: this.exit },
        { do: "connect", from: found.id, exit: found.exit, to: this.target },
      ]);
    } else if (scene.graph.edges.get(this.source)?.get(this.exit) !== found.id) {
      scene.connect(this.source, this.exit, found.id);
    }
  }

  stop() {
    this.mark(null);
    this.scene.pulling = null;
    this.scene.root.classList.remove("tc-pulling");
    this.scene.repaint();
  }
}
