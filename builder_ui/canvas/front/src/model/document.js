// Between the graph that is shown and the server's: patches come in, commands go out. A command's own effect is shown
// before the server has answered (`show`), and taken back if it refuses.
import { noteOf } from "./graph.js";
import { Ledger } from "./ledger.js";

const MOST_TRIES = 8;
const newEditor = () => Math.random().toString(36).slice(2, 10);

export class Shared {
  /** `tell(kind, keys)` hears what changed on the screen; `emit(editor, token, command)` sends. */
  constructor(graph, tell, emit, reload) {
    this.graph = graph;
    this.tell = tell;
    this.emit = emit;
    this.reload = reload;
    this.editor = newEditor();
    this.ledger = new Ledger();
    this.waiting = [];
    this.url = "";
    this.home = "";
    this.turn = 0;
    this.loading = false;
  }

  async load(url) {
    const turn = ++this.turn;
    this.loading = true;
    this.url = url;
    let json;
    try {
      const answer = await fetch(url, { headers: { accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new TypeError(`${url}: ${answer.status}`);
      json = await answer.json();
    } finally {
      if (turn === this.turn) this.loading = false;
    }
    if (turn !== this.turn) return false;
    if (this.ledger.place !== `trama.canvas:${url}`) this.ledger.open(url);
    this.graph.load(json);
    this.ledger.said.clear();
    this.ledger.foreign.clear();
    for (const entry of this.ledger.entries) this.show(entry.command);
    this.tell("all");
    const waiting = this.waiting.splice(0);
    for (const patch of waiting) this.patch(...patch);
    return true;
  }

  /** Send what is unanswered once more; false when that was too often and one was given up. */
  again() {
    const lost = this.ledger.entries.filter((e) => (e.tries = (e.tries ?? 0) + 1) > MOST_TRIES);
    for (const e of lost) this.ledger.settle(e.token);
    for (const e of this.ledger.entries) this.emit(e.editor, e.token, e.command);
    return !lost.length;
  }

  // ---- from here
  send(command) {
    const keys = touches(command);
    for (const key of keys) if (!this.ledger.busy(key)) this.ledger.said.set(key, this.state(key));
    const entry = this.ledger.add(this.editor, command, keys);
    this.show(command);
    this.tell("some", keys);
    this.emit(entry.editor, entry.token, command);
    return entry.token;
  }

  /** While a thing is in somebody's hand, what others do to its place is only remembered. */
  hold(ids) {
    for (const id of ids) {
      const key = `place:${id}`;
      if (!this.ledger.busy(key)) this.ledger.said.set(key, this.state(key));
      this.ledger.hold(key);
    }
  }

  release(ids, back) {
    for (const id of ids) {
      const key = `place:${id}`;
      this.ledger.release(key);
      if (back) this.calm(key);
    }
  }

  // ---- from the server
  patch(rev, ops, token) {
    // a version is on the screen: the draft is fetched anew when it comes back
    if (this.url !== this.home) return;
    if (this.loading) {
      this.waiting.push([rev, ops, token]);
      return;
    }
    const mine = token == null ? null : this.ledger.settle(token);
    if (rev > this.graph.rev + 1) {
      this.reload();
      return;
    }
    const keys = new Set(mine?.keys ?? []);
    if (rev === this.graph.rev + 1) {
      this.graph.rev = rev;
      for (const op of ops) for (const key of this.apply(op)) keys.add(key);
    }
    // it happened: what others said meanwhile is shown, what was there before is over
    for (const key of mine?.keys ?? []) {
      if (!this.ledger.busy(key) && !this.ledger.foreign.has(key)) this.ledger.said.delete(key);
      this.calm(key);
    }
    this.tell("some", [...keys]);
  }

  refuse(token) {
    const mine = this.ledger.settle(token);
    if (!mine) return;
    for (const key of mine.keys) this.calm(key);
    this.tell("some", mine.keys);
  }

  /** One operation of a patch; the keys that it touched. */
  apply([what, a, b]) {
    const g = this.graph;
    switch (what) {
      case "node": {
        const old = g.nodes.get(a.id);
        const shown = old && [old.x, old.y];
        const place = `place:${a.id}`;
        g.putNode(a);
        if (shown && this.ledger.busy(place)) {
          this.keep(place, [a.x, a.y]);
          g.place(a.id, ...shown);
        }
        return [`node:${a.id}`, place];
      }
      case "gone":
        g.dropNode(a);
        return [`node:${a}`, `edges:${a}`];
      case "edges":
        return [this.keep(`edges:${a}`, b)];
      case "places":
        return Object.entries(a).map(([id, at]) => this.keep(`place:${id}`, at));
      case "note":
        return [this.keep(`note:${a.id}`, a)];
      case "nonote":
        return [this.keep(`note:${a}`, null)];
      case "group":
        return [this.keep(`group:${a.id}`, a)];
      case "nogroup":
        return [this.keep(`group:${a}`, null)];
      case "start":
        g.start = a;
        return [`node:${a}`, "start"];
      default:
        throw new Error(`unknown operation ${what}`);
    }
  }

  /** What the server says of `key`: shown, or remembered while something of ours is pending. */
  keep(key, value) {
    if (this.ledger.busy(key)) {
      this.ledger.said.set(key, value);
      this.ledger.foreign.add(key);
    } else {
      this.ledger.forget(key);
      this.put(key, value);
    }
    return key;
  }

  calm(key) {
    if (this.ledger.busy(key) || !this.ledger.said.has(key)) return;
    this.put(key, this.ledger.said.get(key));
    this.ledger.forget(key);
  }

  state(key) {
    const g = this.graph;
    const [kind, id] = split(key);
    if (kind === "edges") return g.edgesOf(id);
    if (kind === "group") return g.groups.get(id) ?? null;
    if (kind === "note") {
      const n = g.notes.get(id);
      return n ? { id, text: n.text, x: n.x, y: n.y, width: n.w, height: n.h, color: n.color } : null;
    }
    const thing = g.nodes.get(id) ?? g.notes.get(id);
    return thing ? [thing.x, thing.y] : null;
  }

  put(key, value) {
    const g = this.graph;
    const [kind, id] = split(key);
    if (kind === "edges") g.putEdges(id, value);
    else if (kind === "place") value && g.place(id, value[0], value[1]);
    else if (kind === "note") value ? g.notes.set(id, noteOf(value)) : g.notes.delete(id);
    else if (kind === "group") {
      value ? g.groups.set(id, value) : g.groups.delete(id);
      g.regroup();
    }
  }

  /** A command's effect on the screen, for those that are the canvas's own. */
  show(command) {
    const g = this.graph;
    switch (command.do) {
      case "move":
        for (const [id, at] of Object.entries(command.to)) at && g.place(id, at[0], at[1]);
        break;
      case "connect":
        g.lead(command.from, command.exit, command.to);
        break;
      case "disconnect":
        g.unlead(command.from, command.exit);
        break;
      case "put_note":
        g.notes.set(command.note.id, noteOf(command.note));
        break;
      case "remove_note":
        g.notes.delete(command.id);
        break;
      case "put_group":
        g.groups.set(command.group.id, command.group);
        g.regroup();
        break;
      case "remove_group":
        g.groups.delete(command.id);
        g.regroup();
        break;
      case "batch":
        for (const one of command.commands) this.show(one);
        break;
    }
  }
}

const split = (key) => {
  const at = key.indexOf(":");
  return [key.slice(0, at), key.slice(at + 1)];
};

export function touches(command) {
  switch (command.do) {
    case "move":
      return Object.keys(command.to).map((id) => `place:${id}`);
    case "connect":
    case "disconnect":
      return [`edges:${command.from}`];
    case "put_note":
      return [`note:${command.note.id}`];
    case "remove_note":
      return [`note:${command.id}`];
    case "put_group":
      return [`group:${command.group.id}`];
    case "remove_group":
      return [`group:${command.id}`];
    case "batch":
      return [...new Set(command.commands.flatMap(touches))];
    default:
      return [];
  }
}
