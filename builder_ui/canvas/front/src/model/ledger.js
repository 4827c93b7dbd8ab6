// What was done here and is not yet confirmed. Shown at once; kept in sessionStorage, so that neither a lost connection
// nor a reload loses it. While a thing has something pending, what the server says of it is remembered in `said` and
// shown when nothing is pending any more.
const KEEP = 500;

export class Ledger {
  constructor() {
    this.open("");
  }

  open(url) {
    this.place = url && `trama.canvas:${url}`;
    this.said = new Map();
    // of those, what came from others since
    this.foreign = new Set();
    this.held = new Map();
    this.entries = [];
    try {
      this.entries = JSON.parse(sessionStorage.getItem(this.place) ?? "[]");
    } catch (fault) {
      if (!(fault instanceof SyntaxError || fault instanceof DOMException)) throw fault;
    }
    this.next = Math.max(Date.now(), ...this.entries.map((e) => e.token + 1));
  }

  /** `keys` name what the command touches: `place:<id>`, `edges:<id>`, `note:<id>`, `group:<id>`. */
  add(editor, command, keys) {
    const entry = { editor, token: this.next++, command, keys: [...keys] };
    this.entries.push(entry);
    this.save();
    return entry;
  }

  settle(token) {
    const at = this.entries.findIndex((e) => e.token === token);
    if (at < 0) return null;
    const [entry] = this.entries.splice(at, 1);
    this.save();
    return entry;
  }

  save() {
    try {
      if (this.entries.length) sessionStorage.setItem(this.place, JSON.stringify(this.entries.slice(-KEEP)));
      else sessionStorage.removeItem(this.place);
    } catch (fault) {
      // a full or forbidden storage costs the reload's memory, nothing else
      if (!(fault instanceof DOMException)) throw fault;
    }
  }

  hold(key) {
    this.held.set(key, (this.held.get(key) ?? 0) + 1);
  }

  release(key) {
    const left = (this.held.get(key) ?? 0) - 1;
    if (left > 0) this.held.set(key, left);
    else this.held.delete(key);
  }

  forget(key) {
    this.said.delete(key);
    this.foreign.delete(key);
  }

  busy(key) {
    return this.held.has(key) || this.entries.some((e) => e.keys.includes(key));
  }
}
