// Things in the hand, on their way to another place. What others do to them meanwhile waits until they are put down.
import { snap } from "../model/geometry.js";
import { edgeUnder } from "./hit.js";

export class Carry {
  constructor(scene, { hit, many, x, y }) {
    Object.assign(this, { scene, hit, x, y });
    if (hit.kind === "node" && !scene.chosen.has(hit.id)) scene.choose({ ids: [hit.id] }, { add: many });
    this.ids = scene.movable();
    this.from = new Map(this.ids.map((id) => { const b = scene.graph.box(id); return [id, [b[0], b[1]]]; }));
    const lead = scene.graph.nodes.has(hit.id) ? scene.graph.box(hit.id) : scene.bounding(this.ids);
    this.lead = [lead[0], lead[1]];
    // one that nothing leads to or from can be put between two others
    this.insert = this.ids.length === 1 && scene.graph.nodes.has(this.ids[0]) && scene.graph.loose(this.ids[0]);
    scene.shared.hold(this.ids);
    scene.root.classList.add("tc-moving");
  }

  to(x, y) {
    const { scene } = this;
    const dx = snap(this.lead[0] + x - this.x) - this.lead[0];
    const dy = snap(this.lead[1] + y - this.y) - this.lead[1];
    if (dx === this.dx && dy === this.dy) return;
    [this.dx, this.dy] = [dx, dy];
    for (const [id, [fx, fy]] of this.from) {
      scene.graph.place(id, fx + dx, fy + dy);
      scene.touch(id);
    }
    if (this.insert) scene.dropEdge = this.edgeFor(this.ids[0], x, y);
    if (this.hit.kind === "node") scene.dropGroup = scene.dropEdge ? null : scene.groupAt(x, y, this.ids);
    if (scene.minimapShown) scene.minimap.stale = true;
  }

  /** The edge under a node that is being put down, if it could stand between its ends. */
  edgeFor(id, x, y) {
    const { scene } = this;
    const b = scene.graph.box(id);
    const key = edgeUnder(scene, x, y) ?? edgeUnder(scene, (b[0] + b[2]) / 2, (b[1] + b[3]) / 2);
    if (!key) return null;
    const way = scene.wayOf(key);
    return way.source === id || way.target === id ? null : key;
  }

  drop() {
    const { scene } = this;
    const edge = scene.dropEdge;
    const group = scene.graph.groups.get(scene.dropGroup);
    scene.dropEdge = scene.dropGroup = null;
    const to = {};
    for (const id of this.ids) {
      const b = scene.graph.box(id);
      const from = this.from.get(id);
      if (b && (b[0] !== from[0] || b[1] !== from[1])) to[id] = [Math.round(b[0]), Math.round(b[1])];
    }
    if (Object.keys(to).length) scene.batch(this.meant({ do: "move", to }, edge, group));
    // what is pending stays as it is; all else shows what the server said meanwhile
    scene.shared.release(this.ids, true);
    for (const id of this.ids) scene.touch(id);
  }

  /** A move, and what it meant: between two steps, or into a group. */
  meant(move, edge, group) {
    const { graph } = this.scene;
    const joining = group ? this.ids.filter((id) => graph.nodes.has(id) && !graph.homes.has(id)) : [];
    if (joining.length) return [move, { do: "put_group", group: { ...group, nodes: [...(group.nodes ?? []), ...joining] } }];
    const node = graph.nodes.get(this.ids[0]);
    const exit = edge && node.view.exits.find((e) => e.kind === "normal");
    if (!exit) return [move];
    const [source, from] = edge.split("\n");
    return [
      move,
      { do: "connect", from: source, exit: from, to: node.id },
      { do: "connect", from: node.id, exit: exit.name, to: graph.edges.get(source).get(from) },
    ];
  }

  back() {
    const { scene } = this;
    scene.dropEdge = scene.dropGroup = null;
    for (const [id, [x, y]] of this.from) scene.graph.place(id, x, y);
    scene.shared.release(this.ids, true);
    for (const id of this.ids) scene.touch(id);
  }
}
