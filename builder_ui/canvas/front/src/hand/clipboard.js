// Copy, cut and paste through the browser's own events: no question for permission, and other tabs and flows get the
// same JSON. What is pasted is only passed on; the server reads it.
import { noteRaw } from "../model/graph.js";

// a message from the browser may be 1 MB
const MOST = 900_000;

export class Clipboard {
  constructor(scene, keys) {
    this.scene = scene;
    this.keys = keys;
    this.listeners = [["copy", (e) => this.copy(e, false)], ["cut", (e) => this.copy(e, true)], ["paste", (e) => this.paste(e)]];
    for (const [name, does] of this.listeners) document.addEventListener(name, does);
  }

  close() {
    for (const [name, does] of this.listeners) document.removeEventListener(name, does);
  }

  here(event) {
    const { root } = this.scene;
    const at = document.activeElement;
    if (at !== root && !(root.contains(at) && !at.closest("input, textarea"))) return false;
    // words that somebody marked elsewhere are what they want to copy
    return event.type === "paste" || !String(getSelection());
  }

  copy(event, cut) {
    if (!this.here(event)) return;
    const part = this.part();
    if (!part) return;
    event.clipboardData.setData("text/plain", JSON.stringify(part));
    event.preventDefault();
    if (cut) this.scene.remove();
  }

  paste(event) {
    if (!this.here(event)) return;
    const text = event.clipboardData.getData("text/plain");
    if (!text.trim()) return;
    event.preventDefault();
    if (text.length > MOST) {
      this.scene.tellBriefly(this.scene.words.too_large);
      return;
    }
    this.scene.ask("paste", { text, at: this.keys.at() });
  }

  part() {
    const { graph } = this.scene;
    const ids = this.scene.movable();
    if (!ids.length) return null;
    const inside = new Set(ids);
    const nodes = ids.filter((id) => graph.nodes.has(id));
    const edges = nodes.flatMap((from) => graph.edgesOf(from).filter(([, to]) => inside.has(to)).map(([exit, to]) => ({ from, exit, to })));
    const place = (id) => { const b = graph.box(id); return { x: b[0], y: b[1] }; };
    return {
      trama: "part", format: 1,
      nodes: nodes.map((id) => graph.nodes.get(id).view.raw),
      edges,
      layout: Object.fromEntries(nodes.map((id) => [id, place(id)])),
      notes: ids.filter((id) => graph.notes.has(id)).map((id) => noteRaw(graph.notes.get(id))),
      groups: [...graph.groups.values()].filter((g) => g.nodes?.length && g.nodes.every((id) => inside.has(id))),
    };
  }
}
