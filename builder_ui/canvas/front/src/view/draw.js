// The picture under the nodes: grid, frames of groups, all edges, and every node that is not mounted as a real element.
// Work per frame is proportional to what is in view; a plain pass over all boxes finds that (half a millisecond at
// 5,000).
import { crosses, route } from "../model/geometry.js";
import { edgeKey, groupOf } from "../model/graph.js";
import { groupColour, noteColour } from "./colours.js";

const LABELS_FROM = 0.2;
const LINES_FROM = 0.38;
const STRAIGHT_BELOW = 0.12;

export class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.ctx = canvas.getContext("2d", { alpha: true, desynchronized: false });
    this.fitted = new Map();
  }

  resize(width, height) {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  draw(scene) {
    const { ctx } = this;
    const { x, y, zoom } = scene.viewport();
    this.zoom = zoom;
    this.c = scene.colours;
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    this.grid(x, y, zoom);
    ctx.setTransform(this.ratio * zoom, 0, 0, this.ratio * zoom, x * this.ratio, y * this.ratio);
    const view = [-x / zoom, -y / zoom, (this.width - x) / zoom, (this.height - y) / zoom];
    this.frames(scene, view);
    this.edges(scene, view);
    this.nodes(scene, view);
    this.ghosts(scene, view);
    this.lost(scene);
    this.pull(scene);
  }

  grid(x, y, zoom) {
    // a canvas that is not shown, as on a phone, has no size and no zoom
    if (!(zoom >= 0.45) || !this.width || !this.height) return;
    const { ctx } = this;
    const step = 20 * zoom;
    ctx.fillStyle = this.c.dots;
    const size = zoom > 0.9 ? 1.5 : 1;
    // one tile, repeated: hundreds of dots a frame would be the slowest thing here
    const tile = this.tile(step, size);
    ctx.save();
    ctx.translate(((x % step) + step) % step - step, ((y % step) + step) % step - step);
    ctx.fillStyle = tile;
    ctx.fillRect(0, 0, this.width + 2 * step, this.height + 2 * step);
    ctx.restore();
  }

  tile(step, size) {
    const key = `${step}|${this.c.dots}|${this.ratio}`;
    if (this.tiled === key) return this.pattern;
    const side = Math.max(4, Math.round(step * this.ratio));
    const tile = new OffscreenCanvas(side, side);
    const t = tile.getContext("2d");
    t.fillStyle = this.c.dots;
    t.fillRect(0, 0, size * this.ratio, size * this.ratio);
    this.pattern = this.ctx.createPattern(tile, "repeat");
    this.pattern.setTransform(new DOMMatrix().scale(step / side));
    this.tiled = key;
    return this.pattern;
  }

  frames(scene, view) {
    const { ctx, c } = this;
    for (const group of scene.graph.groups.values()) {
      if (group.folded) continue;
      const box = scene.graph.frame(group);
      if (!box || !crosses(box, view)) continue;
      ctx.beginPath();
      ctx.roundRect(box[0], box[1], box[2] - box[0], box[3] - box[1], 12);
      ctx.fillStyle = c.frame;
      ctx.fill();
      const chosen = scene.chosenGroups.has(group.id) || scene.dropGroup === group.id;
      ctx.strokeStyle = chosen ? c.brand : c["line-strong"];
      ctx.lineWidth = (chosen ? 2 : 1) / Math.min(1, this.zoom * 1.5);
      ctx.stroke();
      if (!scene.near) this.text(group.title, box[0] + 12, box[1] + 22, box[2] - box[0] - 24, 15, c["ink-2"], 600);
    }
  }

  edges(scene, view) {
    const { ctx, c, zoom } = this;
    const plain = new Path2D();
    const heads = new Path2D();
    const special = [];
    let any = false;
    for (const way of scene.graph.allWays()) {
      if (!crosses(way.box, view)) continue;
      const look = scene.edgeLook(way);
      if (look) {
        special.push([way, look]);
        continue;
      }
      any = true;
      this.trace(plain, way);
      if (zoom > STRAIGHT_BELOW) arrow(heads, way);
    }
    const width = Math.max(1.5, 1 / zoom);
    if (any) {
      ctx.strokeStyle = c.edge;
      ctx.lineWidth = width;
      ctx.stroke(plain);
      ctx.fillStyle = c.edge;
      ctx.fill(heads);
    }
    for (const [way, look] of special) {
      const line = new Path2D();
      this.trace(line, way);
      ctx.strokeStyle = ctx.fillStyle = look.colour;
      ctx.lineWidth = width * (look.width ?? 1);
      ctx.setLineDash(look.dash ? [6, 5] : []);
      ctx.globalAlpha = look.alpha ?? 1;
      ctx.stroke(line);
      ctx.setLineDash([]);
      const head = new Path2D();
      arrow(head, way);
      ctx.fill(head);
      ctx.globalAlpha = 1;
      if (look.label && zoom > LINES_FROM) this.pill(look.label, way.middle[0], way.middle[1], look.colour);
    }
  }

  trace(path, way) {
    const p = way.points;
    path.moveTo(p[0], p[1]);
    if (this.zoom < STRAIGHT_BELOW) path.lineTo(p.at(-2), p.at(-1));
    else if (way.curve) path.bezierCurveTo(p[2], p[3], p[4], p[5], p[6], p[7]);
    else {
      for (let i = 2; i < p.length - 2; i += 2) path.arcTo(p[i], p[i + 1], p[i + 2], p[i + 3], 10);
      path.lineTo(p.at(-2), p.at(-1));
    }
  }

  nodes(scene, view) {
    const { ctx, c, zoom } = this;
    for (const [id, box, kind] of scene.graph.boxes()) {
      if (!crosses(box, view) || scene.mounted.has(id)) continue;
      const w = box[2] - box[0], h = box[3] - box[1];
      const chosen = scene.isChosen(id);
      if (kind === "note") {
        const note = scene.graph.notes.get(id);
        ctx.fillStyle = noteColour(c, note.color);
        ctx.fillRect(box[0], box[1], w, h);
        if (zoom > LABELS_FROM) this.text(note.text.split("\n")[0], box[0] + 10, box[1] + 24, w - 20, 14, c.ink, 400);
      } else if (kind === "fold") {
        this.card(box, w, h, c["g-shape"], chosen);
        this.text(scene.graph.groups.get(groupOf(id)).title, box[0] + 16, box[1] + 33, w - 28, 15, c.ink, 600);
      } else {
        const { view: node } = scene.graph.nodes.get(id);
        this.card(box, w, h, groupColour(c, node.group), chosen);
        if (zoom > LABELS_FROM) {
          // grows as one goes away, to be read a little longer
          const size = zoom > 0.45 ? 15 : Math.min(30, Math.round(9 / zoom));
          this.text(node.title, box[0] + (zoom > 0.45 ? 44 : 14), box[1] + 20 + size * 0.36, w - (zoom > 0.45 ? 56 : 22), size, c.ink, 600);
        }
        if (zoom > LINES_FROM) {
          for (let i = 0; i < Math.min(node.lines.length, 3); i++) {
            this.text(node.lines[i], box[0] + 16, box[1] + 56 + i * 18, w - 28, 12, c["ink-2"], 400);
          }
        }
        const mark = scene.marks.get(id);
        if (mark && (mark[0] || mark[1])) this.dot(box[2] - 8, box[1] + 8, mark[0] ? c.bad : c.warn, mark[0] ? "!" : "?");
      }
      const look = scene.nodeLook(id);
      if (look) this.outline(box, w, h, look);
    }
  }

  card(box, w, h, colour, chosen) {
    const { ctx, c, zoom } = this;
    if (zoom < 0.2) {
      ctx.fillStyle = c.paper;
      ctx.fillRect(box[0], box[1], w, h);
      ctx.globalAlpha *= 0.75;
      ctx.fillStyle = colour;
      ctx.fillRect(box[0], box[1], w, h);
      ctx.globalAlpha /= 0.75;
    } else {
      ctx.beginPath();
      ctx.roundRect(box[0], box[1], w, h, 10);
      ctx.fillStyle = c.paper;
      ctx.fill();
      ctx.strokeStyle = c["line-strong"];
      ctx.lineWidth = 1 / Math.min(1, zoom * 1.5);
      ctx.stroke();
      ctx.fillStyle = colour;
      ctx.fillRect(box[0], box[1] + 8, 5, h - 16);
    }
    if (chosen) this.outline(box, w, h, { colour: c.brand });
  }

  outline(box, w, h, look) {
    const { ctx, zoom } = this;
    const gap = 3 / zoom;
    ctx.beginPath();
    ctx.roundRect(box[0] - gap, box[1] - gap, w + 2 * gap, h + 2 * gap, 12);
    ctx.strokeStyle = look.colour;
    ctx.lineWidth = 2 / zoom;
    ctx.setLineDash(look.dash ? [6 / zoom, 4 / zoom] : []);
    ctx.stroke();
    ctx.setLineDash([]);
    if (look.label) this.dot(box[0], box[1], look.colour, look.label);
  }

  dot(x, y, colour, label) {
    const { ctx, c, zoom } = this;
    const size = (zoom > 0.5 ? 9 : 6.5) / Math.min(1, zoom);
    ctx.font = `600 ${size * 1.3}px ${c.sans}`;
    const half = Math.max(size, ctx.measureText(label).width / 2 + size * 0.5);
    ctx.beginPath();
    ctx.roundRect(x - half, y - size, 2 * half, 2 * size, size);
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.fillStyle = c.paper;
    ctx.textAlign = "center";
    ctx.fillText(label, x, y + size * 0.45);
    ctx.textAlign = "left";
  }

  pill(label, x, y, colour) {
    const { ctx, c } = this;
    ctx.font = `600 12px ${c.sans}`;
    const w = ctx.measureText(label).width + 14;
    ctx.beginPath();
    ctx.roundRect(x - w / 2, y - 10, w, 20, 10);
    ctx.fillStyle = c.paper;
    ctx.fill();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.fillStyle = c.ink;
    ctx.textAlign = "center";
    ctx.fillText(label, x, y + 4);
    ctx.textAlign = "left";
  }

  text(words, x, y, room, size, colour, weight) {
    const { ctx } = this;
    ctx.font = `${weight} ${size}px ${this.c.sans}`;
    ctx.fillStyle = colour;
    ctx.fillText(this.cut(words, room, size, weight), x, y);
  }

  /** What of a text fits, remembered: measuring is slow. */
  cut(words, room, size, weight) {
    const key = `${size}|${weight}|${room}|${words}`;
    let fitted = this.fitted.get(key);
    if (fitted === undefined) {
      fitted = words.slice(0, 80);
      while (fitted.length > 1 && this.ctx.measureText(fitted).width > room) {
        const over = this.ctx.measureText(fitted).width / room;
        fitted = `${fitted.slice(0, Math.max(1, Math.min(fitted.length - 2, Math.floor(fitted.length / over) - 1)))}…`;
      }
      if (this.fitted.size > 20_000) this.fitted.clear();
      this.fitted.set(key, fitted);
    }
    return fitted;
  }

  /** Nodes that a comparison shows as taken away. */
  ghosts(scene, view) {
    const { ctx, c } = this;
    for (const node of scene.paints.diff?.removed ?? []) {
      const box = [node.x, node.y, node.x + 240, node.y + 40 + Math.min(3, node.lines.length) * 18];
      if (!crosses(box, view)) continue;
      ctx.globalAlpha = 0.75;
      this.card(box, 240, box[3] - box[1], c.bad, false);
      this.text(node.title, box[0] + 16, box[1] + 26, 200, 15, c.bad, 600);
      ctx.globalAlpha = 1;
      this.outline(box, 240, box[3] - box[1], { colour: c.bad, dash: true, label: "−" });
    }
  }

  /** Edges that a comparison shows as taken away. */
  lost(scene) {
    const { ctx, c, zoom } = this;
    const diff = scene.paints.diff;
    if (!diff?.removedEdges.length) return;
    const ghosts = new Map(diff.removed.map((n) => [n.id, n]));
    ctx.strokeStyle = c.bad;
    ctx.lineWidth = Math.max(1.5, 1 / zoom);
    ctx.setLineDash([6, 5]);
    for (const [source, exit, target] of diff.removedEdges) {
      const from = scene.graph.nodes.has(source) ? scene.graph.out(source, exit) : ghosts.has(source) && [ghosts.get(source).x + 240, ghosts.get(source).y + 20, 0];
      const to = scene.graph.nodes.has(target) ? scene.graph.in(target) : ghosts.has(target) && [ghosts.get(target).x, ghosts.get(target).y + 20, 0];
      if (!from || !to) continue;
      const way = route(from[0], from[1], to[0], to[1], Math.max(from[2], to[2], from[1] + 20));
      const path = new Path2D();
      this.trace(path, way);
      ctx.stroke(path);
      if (zoom > LINES_FROM) { ctx.setLineDash([]); this.pill("−", way.middle[0], way.middle[1], c.bad); ctx.strokeStyle = c.bad; ctx.lineWidth = Math.max(1.5, 1 / zoom); ctx.setLineDash([6, 5]); }
    }
    ctx.setLineDash([]);
  }

  /** The edge that is being drawn. */
  pull(scene) {
    const { ctx, c } = this;
    const p = scene.pulling;
    if (!p) return;
    const { ok } = p;
    ctx.strokeStyle = ok ? c.brand : c["ink-3"];
    ctx.lineWidth = 2;
    ctx.setLineDash(ok ? [] : [6, 5]);
    ctx.beginPath();
    const reach = Math.max(24, Math.abs(p.tx - p.sx) / 2);
    ctx.moveTo(p.sx, p.sy);
    ctx.bezierCurveTo(p.sx + reach, p.sy, p.tx - reach, p.ty, p.tx, p.ty);
    ctx.stroke();
    ctx.setLineDash([]);
    if (ok) {
      ctx.beginPath();
      ctx.arc(ok.x, ok.y, 9, 0, 7);
      ctx.stroke();
    }
  }
}

function arrow(path, way) {
  const p = way.points;
  const x = p.at(-2), y = p.at(-1);
  path.moveTo(x, y);
  path.lineTo(x - 9, y - 5);
  path.lineTo(x - 9, y + 5);
  path.closePath();
}

/** How the layers want an edge to look, or null for plain. */
export function edgeLook(scene, way) {
  const c = scene.colours;
  const { path, heat, coverage, diff } = scene.paints;
  const key = edgeKey(way.source, way.exit);
  const dotted = `${way.source}.${way.exit}`;
  if (scene.dropEdge === key) return { colour: c.brand, width: 2.4 };
  if (scene.chosenEdges.has(key)) return { colour: c.brand, width: 2 };
  if (scene.hovered === key) return { colour: c["ink-2"], width: 1.4 };
  if (path) {
    return path.lit.has(key) ? { colour: c.brand, width: 2 } : { colour: c.edge, alpha: 0.45 };
  }
  if (diff?.addedEdges?.has(key)) return { colour: c.good, width: 2, label: "+" };
  if (heat) {
    const at = heat.edges?.[dotted];
    if (!at) return { colour: c.edge, alpha: 0.35 };
    const share = Math.max(0, Math.min(1, at.share ?? 0));
    const words = at.share == null ? `${at.count}` : `${at.count} · ${Math.round(share * 100)}%`;
    return { colour: c.info, width: 1 + share * 3, label: words };
  }
  if (coverage) {
    if (coverage.hit.has(dotted)) return { colour: c.good, width: 1.6 };
    if (coverage.miss.has(dotted)) return { colour: c.bad, width: 1.6, dash: true };
  }
  return null;
}
