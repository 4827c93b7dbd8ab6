// Layers that are laid over the flow: the path of a conversation, figures of a period, coverage of tests, a comparison,
// other people. Each says its thing by shape or words too, never by colour alone.
import { edgeKey } from "../model/graph.js";

/** A layer as it comes from Python, with sets where something is looked up for each edge. */
export function prepared(layer, paint) {
  if (!paint) return undefined;
  switch (layer) {
    case "path":
      return { ...paint, nodes: paint.nodes ?? {}, lit: new Set((paint.edges ?? []).map(([s, e]) => edgeKey(s, e))) };
    case "coverage":
      return { hit: new Set(paint.taken ?? []), miss: new Set(paint.missed ?? []) };
    case "diff":
      return {
        added: new Set(paint.added ?? []), removed: paint.removed ?? [], changed: paint.changed ?? {},
        addedEdges: new Set((paint.edges?.added ?? []).map(([s, e]) => edgeKey(s, e))),
        removedEdges: paint.edges?.removed ?? [],
      };
    default:
      return paint;
  }
}

/** How the layers want a node to look, or null for plain. */
export function nodeLook(scene, id) {
  const c = scene.colours;
  const { path, heat, diff } = scene.paints;
  if (scene.magnet === id) return { colour: c.brand, class: "magnet" };
  if (path) {
    if (path.now === id) return { colour: c.brand, class: "now", label: String(path.nodes[id] ?? "•") };
    if (path.nodes[id] !== undefined) return { colour: c.brand, class: "lit", label: String(path.nodes[id]) };
    return { colour: "transparent", class: "dim" };
  }
  if (diff) {
    if (diff.added.has(id)) return { colour: c.good, class: "lit", label: "+" };
    if (diff.changed[id] !== undefined) return { colour: c.warn, class: "lit", label: "~", title: diff.changed[id] };
  }
  const at = heat?.nodes?.[id];
  if (at) {
    const words = [String(at.count ?? 0)];
    if (at.here) words.push(`● ${at.here}`);
    if (at.drop) words.push(`↓ ${at.drop}`);
    return { colour: c.info, class: "lit", label: words.join("  ") };
  }
  const peer = scene.peersAt(id)[0];
  return peer ? { colour: peer.color, class: "peer" } : null;
}

export function peersAt(scene, id) {
  const peers = scene.paints.peers;
  if (!peers) return [];
  return Object.values(peers)
    .filter((p) => p.locked === id || (p.selection ?? []).includes(id))
    .map((p) => ({ name: String(p.name ?? ""), color: /^#[0-9a-fA-F]{3,8}$/.test(p.color) ? p.color : "#64748b", locked: p.locked === id }));
}
