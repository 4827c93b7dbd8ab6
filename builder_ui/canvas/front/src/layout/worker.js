// Lays a graph out from left to right, away from the page's own thread.
import { Graph, layout } from "@dagrejs/dagre";

self.onmessage = ({ data: { nodes, edges, groups } }) => {
  const g = new Graph({ compound: groups.length > 0, multigraph: true });
  g.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 90, marginx: 0, marginy: 0 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const group of groups) g.setNode(group.id, {});
  for (const n of nodes) {
    g.setNode(n.id, { width: n.w, height: n.h });
    if (n.group) g.setParent(n.id, n.group);
  }
  for (const [source, exit, target, weight] of edges) g.setEdge(source, target, { weight }, exit);
  layout(g);
  self.postMessage(nodes.map((n) => {
    const at = g.node(n.id);
    return [n.id, at.x - n.w / 2, at.y - n.h / 2];
  }));
};
