// Where things are. All lengths are flow units (pixels at zoom 1); heights follow from the content by fixed rows, so
// nothing is ever measured in the DOM.
export const WIDTH = 240;
export const HEAD = 40;
export const LINE = 18;
export const EXIT = 24;
export const GRID = 10;
export const FOLD_HEIGHT = 56;
const LEAD = 26;

export const snap = (n) => Math.round(n / GRID) * GRID;

/** One plain way on needs no row of its own: its handle sits in the head. */
export const bare = (view) => view.exits.length === 0 || (view.exits.length === 1 && view.exits[0].kind === "normal");

export function heightOf(view) {
  const lines = Math.min(view.lines.length, 3);
  return HEAD + (lines ? lines * LINE + 8 : 0) + (bare(view) ? 0 : view.exits.length * EXIT + 6);
}

/** Where an exit's edge begins, from the node's corner. An exit that the node does not have begins at its foot. */
export function exitAt(view, name) {
  if (bare(view)) return [WIDTH, HEAD / 2];
  const row = view.exits.findIndex((e) => e.name === name);
  const height = heightOf(view);
  if (row < 0) return [WIDTH, height - 6];
  return [WIDTH, height - 4 - (view.exits.length - row) * EXIT + EXIT / 2];
}

/** An edge's way: a curve forwards; backwards round below both boxes, as a line with corners. */
export function route(sx, sy, tx, ty, floor) {
  const dx = tx - sx;
  if (dx >= 8) {
    const reach = Math.max(Math.min(dx * 0.5, 160), 24);
    const points = [sx, sy, sx + reach, sy, tx - reach, ty, tx, ty];
    return { curve: true, points, box: boxOf(points), middle: bezier(points, 0.5) };
  }
  const low = floor + LEAD;
  const points = [sx, sy, sx + LEAD, sy, sx + LEAD, low, tx - LEAD, low, tx - LEAD, ty, tx, ty];
  return { curve: false, points, box: boxOf(points), middle: [(sx + tx) / 2, low] };
}

export function bezier(p, t) {
  const u = 1 - t;
  const a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
  return [a * p[0] + b * p[2] + c * p[4] + d * p[6], a * p[1] + b * p[3] + c * p[5] + d * p[7]];
}

function boxOf(points) {
  let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
  for (let i = 0; i < points.length; i += 2) {
    x0 = Math.min(x0, points[i]); x1 = Math.max(x1, points[i]);
    y0 = Math.min(y0, points[i + 1]); y1 = Math.max(y1, points[i + 1]);
  }
  return [x0, y0, x1, y1];
}

/** Distance of a point from a way. */
export function away(way, x, y) {
  let best = Infinity;
  const flat = way.curve ? flatten(way.points) : way.points;
  for (let i = 2; i < flat.length; i += 2) {
    best = Math.min(best, toSegment(x, y, flat[i - 2], flat[i - 1], flat[i], flat[i + 1]));
  }
  return best;
}

function flatten(points) {
  const flat = [];
  for (let i = 0; i <= 24; i++) flat.push(...bezier(points, i / 24));
  return flat;
}

function toSegment(x, y, ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

export const crosses = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
export const holds = (box, x, y) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];

export function around(boxes) {
  if (!boxes.length) return null;
  const all = [Infinity, Infinity, -Infinity, -Infinity];
  for (const b of boxes) {
    all[0] = Math.min(all[0], b[0]); all[1] = Math.min(all[1], b[1]);
    all[2] = Math.max(all[2], b[2]); all[3] = Math.max(all[3], b[3]);
  }
  return all;
}
