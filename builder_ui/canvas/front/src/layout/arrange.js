// Auto-layout of the whole flow or of the selection: in a worker, the answer as one move.
import { snap } from "../model/geometry.js";
import { groupKey } from "../model/graph.js";
import Worker from "./worker.js?worker&inline";

const PATIENCE = 20_000;

/** Resolves to Map id -> [x, y], or null where there was nothing to lay out. */
export async function arranged(graph, ids) {
  const chosen = ids.filter((id) => graph.nodes.has(id));
  const whole = chosen.length < 2;
  const list = whole ? [...graph.nodes.keys()] : chosen;
  if (list.length < 2) return null;
  const inside = new Set(list);
  const nodes = list.map((id) => ({ id, w: graph.nodes.get(id).w, h: graph.nodes.get(id).h, group: graph.homes.has(id) ? groupKey(graph.homes.get(id)) : null }));
  const edges = list.flatMap((source) => graph.edgesOf(source).filter(([, target]) => inside.has(target) && target !== source).map(([exit, target]) => [source, exit, target, weight(graph, source, exit)]));
  const found = await run({ nodes, edges });
  // what is laid out stays where it was as a whole
  const before = graph.extent(whole ? null : list);
  const left = Math.min(...found.map(([, x]) => x)), top = Math.min(...found.map(([, , y]) => y));
  return new Map(found.map(([id, x, y]) => [id, [snap(x - left + before[0]), snap(y - top + before[1])]]));
}

/** What usually happens is laid out straight; errors and time-outs go round. */
function weight(graph, source, exit) {
  const { exits } = graph.nodes.get(source).view;
  const at = exits.findIndex((e) => e.name === exit);
  if (at < 0 || exits[at].kind !== "normal") return 1;
  return at === 0 ? 8 : 4;
}

function run(work) {
  return new Promise((done, failed) => {
    const worker = new Worker();
    const stop = setTimeout(() => { worker.terminate(); failed(new RangeError("the layout took too long")); }, PATIENCE);
    const end = () => { clearTimeout(stop); worker.terminate(); };
    worker.onmessage = ({ data }) => { end(); done(data); };
    worker.onerror = (event) => { end(); failed(new RangeError(event.message)); };
    worker.postMessage(work);
  });
}
