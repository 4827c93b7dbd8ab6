// Lays a flow out from left to right, away from the page's own thread. What is in a group is laid out by itself, and the
// group stands among the others as one box.
import { Graph, layout } from "@dagrejs/dagre";
import { layered, ranks } from "./layered.js";

const MOST_NODES = 600;
const MOST_RANKS = 150;
const FRAME = { side: 20, top: 40, foot: 20 };

self.onmessage = ({ data: { nodes, edges } }) => self.postMessage([...nested(nodes, edges)].map(([id, [x, y]]) => [id, x, y]));

function nested(nodes, edges) {
  const groups = Map.groupBy(nodes.filter((n) => n.group), (n) => n.group);
  if (!groups.size) return place(nodes, edges);
  const inside = new Map(), boxes = nodes.filter((n) => !n.group);
  for (const [group, members] of groups) {
    const own = new Set(members.map((n) => n.id));
    const places = place(members, edges.filter(([s, , t]) => own.has(s) && own.has(t)));
    const left = Math.min(...[...places.values()].map(([x]) => x)), top = Math.min(...[...places.values()].map(([, y]) => y));
    const right = Math.max(...members.map((n) => places.get(n.id)[0] + n.w));
    const bottom = Math.max(...members.map((n) => places.get(n.id)[1] + n.h));
    inside.set(group, { places, left, top });
    boxes.push({ id: group, w: right - left + 2 * FRAME.side, h: bottom - top + FRAME.top + FRAME.foot });
  }
  const home = new Map(nodes.map((n) => [n.id, n.group ?? n.id]));
  const between = edges.map(([s, exit, t, weight]) => [home.get(s), `${s} ${exit}`, home.get(t), weight]).filter(([s, , t]) => s !== t);
  const found = new Map();
  for (const [id, [x, y]] of place(boxes, between)) {
    const group = inside.get(id);
    if (!group) found.set(id, [x, y]);
    else for (const [member, [mx, my]] of group.places) found.set(member, [x + FRAME.side + mx - group.left, y + FRAME.top + my - group.top]);
  }
  return found;
}

function place(nodes, edges) {
  const depth = Math.max(...ranks(nodes, edges).rank.values());
  if (nodes.length > MOST_NODES || depth > MOST_RANKS) return layered(nodes, edges);
  const g = new Graph({ multigraph: true });
  g.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 90 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const n of nodes) g.setNode(n.id, { width: n.w, height: n.h });
  for (const [source, exit, target, weight] of edges) if (source !== target) g.setEdge(source, target, { weight }, exit);
  layout(g);
  return new Map(nodes.map((n) => { const at = g.node(n.id); return [n.id, [at.x - n.w / 2, at.y - n.h / 2]]; }));
}
