// Layers from left to right, without recursion and in time proportional to the flow: for flows that are too long or too
// large for dagre, whose stack ends at chains of some hundred nodes.
const COLUMN = 90;
const ROW = 40;
const SWEEPS = 4;
const LONG = 40;
const SHAPE = 2.5;
const BAND = 120;

/** Longest way to each node from where nothing leads to, edges that close a cycle left out. */
export function ranks(nodes, edges) {
  const out = new Map(nodes.map((n) => [n.id, []]));
  for (const [source, , target] of edges) if (source !== target) out.get(source).push(target);
  const state = new Map(), order = [], forward = new Map(nodes.map((n) => [n.id, []]));
  for (const { id } of nodes) {
    if (state.has(id)) continue;
    const stack = [[id, 0]];
    state.set(id, 1);
    while (stack.length) {
      const top = stack.at(-1);
      const next = out.get(top[0])[top[1]++];
      if (next === undefined) {
        stack.pop();
        state.set(top[0], 2);
        order.push(top[0]);
      } else if (state.get(next) !== 1) {
        forward.get(top[0]).push(next);
        if (!state.has(next)) {
          state.set(next, 1);
          stack.push([next, 0]);
        }
      }
    }
  }
  const rank = new Map(nodes.map((n) => [n.id, 0]));
  for (const id of order.reverse()) {
    for (const next of forward.get(id)) rank.set(next, Math.max(rank.get(next), rank.get(id) + 1));
  }
  return { rank, forward };
}

/** Corners of the nodes: Map id -> [x, y]. */
export function layered(nodes, edges) {
  const { rank, forward } = ranks(nodes, edges);
  const back = new Map(nodes.map((n) => [n.id, []]));
  for (const [id, targets] of forward) for (const to of targets) back.get(to).push(id);
  const layers = [];
  for (const n of nodes) (layers[rank.get(n.id)] ??= []).push(n);
  const middle = new Map();
  const stack = (layer) => {
    let y = 0;
    for (const n of layer) {
      middle.set(n.id, y + n.h / 2);
      y += n.h + ROW;
    }
  };
  for (const layer of layers) stack(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map((n) => [n.id, mean((down ? back : forward).get(n.id), middle) ?? middle.get(n.id)]));
      layer.sort((a, b) => wish.get(a.id) - wish.get(b.id));
      let free = -Infinity;
      for (const n of layer) {
        const y = Math.max(wish.get(n.id), free + n.h / 2);
        middle.set(n.id, y);
        free = y + n.h / 2 + ROW;
      }
    }
  }
  return banded(layers, middle);
}

/** A long flow goes on below, line by line as a text does, instead of as one endless line. */
function banded(layers, middle) {
  const top = (layer) => middle.get(layer[0].id) - layer[0].h / 2;
  const foot = (layer) => middle.get(layer.at(-1).id) + layer.at(-1).h / 2;
  const widths = layers.map((layer) => Math.max(...layer.map((n) => n.w)) + COLUMN);
  const wide = widths.reduce((sum, w) => sum + w, 0);
  const high = Math.max(...layers.map(foot)) - Math.min(...layers.map(top));
  const bands = Math.max(1, Math.round(Math.sqrt(wide / (high * SHAPE))));
  const each = bands > 1 && layers.length > LONG ? Math.ceil(layers.length / bands) : layers.length;
  const places = new Map();
  let y = 0;
  for (let from = 0; from < layers.length; from += each) {
    const band = layers.slice(from, from + each);
    const up = Math.min(...band.map(top));
    let x = 0;
    for (const [i, layer] of band.entries()) {
      for (const n of layer) places.set(n.id, [x, y + middle.get(n.id) - n.h / 2 - up]);
      x += widths[from + i];
    }
    y += Math.max(...band.map(foot)) - up + BAND;
  }
  return places;
}

function mean(ids, middle) {
  return ids.length ? ids.reduce((sum, id) => sum + middle.get(id), 0) / ids.length : null;
}
