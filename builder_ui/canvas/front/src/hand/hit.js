// What is under the pointer: an element of the page, or what is only drawn.
import { away } from "../model/geometry.js";
import { edgeKey } from "../model/graph.js";

const EDGE_REACH = 8;
const END_REACH = 18;

export function under(scene, event) {
  const el = event.target instanceof Element ? event.target : null;
  if (el?.closest(".tc-ui")) return { kind: "ui" };
  const figure = el?.closest("[data-figure]");
  if (figure) return { kind: "figure", id: figure.dataset.of, exit: figure.dataset.figure };
  const exit = el?.closest(".tc-exit");
  if (exit) return { kind: "exit", id: exit.dataset.source, exit: exit.dataset.exit };
  const grip = el?.closest("[data-grip]");
  if (grip) return { kind: "grip", id: grip.dataset.grip };
  const node = el?.closest("[data-node]");
  const frame = el?.closest("[data-frame]");
  const [x, y] = scene.point(event);
  const end = node ? null : endUnder(scene, x, y);
  if (end) return end;
  if (node) return { kind: "node", id: node.dataset.node };
  if (frame) return { kind: "group", id: frame.dataset.frame };
  const drawn = scene.nodeUnder(x, y);
  if (drawn) return drawn.startsWith("group:") ? { kind: "group", id: drawn.slice(6) } : { kind: "node", id: drawn };
  const edge = edgeUnder(scene, x, y);
  if (edge) return { kind: "edge", key: edge };
  return { kind: "pane" };
}

export function edgeUnder(scene, x, y) {
  const reach = EDGE_REACH / scene.viewport().zoom;
  let best = reach, found = null;
  for (const way of scene.graph.allWays()) {
    const b = way.box;
    if (x < b[0] - reach || x > b[2] + reach || y < b[1] - reach || y > b[3] + reach) continue;
    const d = away(way, x, y);
    if (d < best) [best, found] = [d, edgeKey(way.source, way.exit)];
  }
  return found;
}

/** An end of the edge that is pointed at or selected, to take it elsewhere. */
export function endUnder(scene, x, y) {
  if (!scene.near || !scene.editable) return null;
  for (const key of new Set([...scene.chosenEdges, scene.hovered].filter(Boolean))) {
    const way = scene.wayOf(key);
    if (!way) continue;
    const p = way.points;
    if (Math.hypot(x - p.at(-2), y - p.at(-1)) < END_REACH) return { kind: "end", key, which: "target" };
    if (Math.hypot(x - p[0] - END_REACH, y - p[1]) < END_REACH / 2) return { kind: "end", key, which: "source" };
  }
  return null;
}
