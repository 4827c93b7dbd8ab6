// The keyboard on the canvas. `?` shows the whole map, which the page owns.
import { align } from "../layout/align.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIDES = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "top", ArrowDown: "bottom" };
const QUIET = 350;

export class Keys {
  constructor(scene, hand) {
    this.scene = scene;
    this.hand = hand;
    scene.root.addEventListener("keydown", (e) => this.down(e));
    scene.root.addEventListener("keyup", (e) => {
      if (e.key === " ") this.space(false);
    });
    scene.root.addEventListener("blur", () => {
      scene.root.classList.remove("tc-mouse");
      this.space(false);
      this.flush();
      if (this.linking) this.unlink();
      this.leaving = false;
    });
  }

  space(on) {
    this.hand.space = on;
    this.scene.root.classList.toggle("tc-space", on);
  }

  down(event) {
    this.scene.root.classList.remove("tc-mouse");
    if (event.target instanceof Element && event.target.closest("input, textarea, [contenteditable], button")) return;
    if (this.handled(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  handled(e) {
    const { scene } = this;
    const ctrl = e.ctrlKey || e.metaKey;
    if (e.key in ARROWS) {
      if (e.altKey && e.shiftKey) align(scene, SIDES[e.key]);
      else if (e.altKey) this.walk(e.key);
      else if (ctrl) return false;
      else this.nudge(ARROWS[e.key], e.shiftKey ? 50 : 10);
      return true;
    }
    if (ctrl) return this.withCtrl(e);
    if (e.altKey) return false;
    switch (e.key) {
      case " ": this.space(true); return true;
      case "Escape": return this.escape();
      case "Tab": return this.tab(e.shiftKey);
      case "Enter": return this.enter();
      case "Delete":
      case "Backspace": scene.remove(); return true;
      case "f": scene.camera.fit(); return true;
      case "F":
      case "2": scene.camera.fit(this.parts()); return true;
      case "+":
      case "=": scene.camera.by(1.25); return true;
      case "-": scene.camera.by(0.8); return true;
      case "0": scene.camera.one(); return true;
      case "/": scene.ask("insert", this.place()); return true;
      case "g": this.group(); return true;
      case "G": scene.ungroup(); return true;
      case "n": scene.ask("note", { at: this.at() }); return true;
      case "m": scene.toggleMinimap(); return true;
      case "v": scene.setTool("select"); return true;
      case "h": scene.setTool("hand"); return true;
      case "l": scene.arrange(); return true;
      case "c": this.link(); return true;
      case "?": scene.ask("help"); return true;
      default: return false;
    }
  }

  withCtrl(e) {
    const { scene } = this;
    switch (e.key.toLowerCase()) {
      case "a":
        scene.choose({ ids: [...scene.graph.boxes()].filter(([, , kind]) => kind !== "fold").map(([id]) => id), groups: [...scene.graph.groups.keys()] });
        return true;
      case "d": scene.chosen.size && scene.ask("duplicate", { ids: [...scene.chosen] }); return true;
      case "z": scene.ask(e.shiftKey ? "redo" : "undo"); return true;
      case "y": scene.ask("redo"); return true;
      case "f": scene.ask("search"); return true;
      case "k": scene.ask("palette"); return true;
      default: return false;
    }
  }

  parts() {
    const ids = this.scene.movable();
    return ids.length ? ids : null;
  }

  /** Where something new shall stand: beside what is selected, at the pointer, or in the middle. */
  place() {
    const { scene } = this;
    const [edge] = scene.chosenEdges;
    if (edge) {
      const [x, y] = scene.wayOf(edge).middle;
      return { kind: null, at: [Math.round(x), Math.round(y)], edge: edge.split("\n") };
    }
    const [id] = scene.chosen;
    const node = scene.graph.nodes.get(id);
    if (node) {
      const free = node.view.exits.find((x) => !scene.graph.edges.get(id)?.has(x.name));
      return { kind: null, at: [node.x + node.w + 80, node.y], ...(free && { from: [id, free.name] }) };
    }
    return { kind: null, at: this.at() };
  }

  at() {
    const { scene } = this;
    if (scene.pointer && scene.root.matches(":hover")) {
      return scene.point({ clientX: scene.pointer[0], clientY: scene.pointer[1] }).map(Math.round);
    }
    return scene.middle().map(Math.round);
  }

  escape() {
    const { scene } = this;
    if (this.hand.cancel()) return true;
    if (this.linking) {
      this.unlink();
      return true;
    }
    if (scene.tool === "select") scene.setTool("hand");
    if (scene.chosen.size + scene.chosenEdges.size + scene.chosenGroups.size) scene.choose({});
    // from here Tab goes on to what follows the canvas
    this.leaving = true;
    return true;
  }

  enter() {
    const { scene } = this;
    const [id] = scene.chosen;
    const [group] = scene.chosenGroups;
    if (this.linking) {
      const { source, exit } = this.linking;
      this.unlink();
      if (scene.graph.nodes.has(id)) scene.connect(source, exit, id);
    } else if (id && scene.graph.notes.has(id)) scene.edit(id);
    else if (id) scene.ask("open", { id });
    else if (group) scene.fold(group);
    else return false;
    return true;
  }

  group() {
    const { scene } = this;
    const ids = [...scene.chosen].filter((id) => scene.graph.nodes.has(id));
    if (ids.length) scene.ask("group", { ids });
  }

  // ---- an edge by keyboard: C takes an exit (again: the next one), walking chooses the step, Enter leads it there
  link() {
    const { scene } = this;
    const [id] = scene.chosen;
    const source = this.linking?.source ?? id;
    const exits = scene.graph.nodes.get(source)?.view.exits ?? [];
    if (!exits.length) return;
    if (!scene.editable) {
      scene.refused();
      return;
    }
    const free = exits.findIndex((e) => !scene.graph.edges.get(source)?.has(e.name));
    const at = this.linking ? (this.linking.at + 1) % exits.length : Math.max(0, free);
    this.linking = { source, at, exit: exits[at].name };
    scene.linkText = scene.words.linking.replace("#", exits[at].label || exits[at].name);
    this.showLink();
  }

  showLink() {
    const { scene } = this;
    const [id] = scene.chosen;
    const [sx, sy] = scene.graph.out(this.linking.source, this.linking.exit);
    const there = scene.graph.nodes.has(id) && id !== this.linking.source;
    const [tx, ty] = there ? scene.graph.in(id) : [sx + 40, sy];
    scene.pulling = { sx, sy, tx, ty, ok: there ? { x: tx, y: ty } : null };
    scene.repaint();
    scene.ui();
  }

  unlink() {
    const { scene } = this;
    this.linking = null;
    scene.linkText = null;
    scene.pulling = null;
    scene.repaint();
    scene.ui();
  }

  // ---- moving with the arrows: many presses, one command
  nudge([dx, dy], step) {
    const { scene } = this;
    const ids = scene.movable();
    if (!ids.length) {
      scene.camera.pan(-dx * step * 4, -dy * step * 4);
      return;
    }
    if (!scene.editable) {
      scene.refused();
      return;
    }
    if (!this.nudged) {
      this.nudged = ids;
      scene.shared.hold(ids);
    }
    for (const id of this.nudged) {
      const box = scene.graph.box(id);
      if (!box) continue;
      scene.graph.place(id, box[0] + dx * step, box[1] + dy * step);
      scene.touch(id);
    }
    scene.settle(false);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.flush(), QUIET);
  }

  flush() {
    const { scene } = this;
    clearTimeout(this.quiet);
    const ids = this.nudged;
    if (!ids) return;
    this.nudged = null;
    const to = new Map(ids.map((id) => [id, scene.graph.box(id)]).filter(([, b]) => b).map(([id, b]) => [id, [b[0], b[1]]]));
    scene.move(to);
    scene.shared.release(ids, true);
  }

  // ---- walking
  tab(back) {
    const { scene } = this;
    if (this.leaving && !scene.chosen.size) return false;
    this.leaving = false;
    const order = this.order();
    if (!order.length) return false;
    const [id] = scene.chosen;
    const at = order.indexOf(id);
    if (at < 0) return this.go(back ? order.at(-1) : scene.graph.nodes.has(scene.graph.start) ? scene.graph.start : order[0]);
    const next = order[at + (back ? -1 : 1)];
    return next === undefined ? false : this.go(next);
  }

  /** As one reads: along the edges from the start, then what nothing leads to. */
  order() {
    const { graph } = this.scene;
    const seen = new Set();
    const visit = (first) => {
      const stack = [first];
      while (stack.length) {
        const id = stack.pop();
        if (seen.has(id) || !graph.nodes.has(id)) continue;
        seen.add(id);
        const exits = graph.nodes.get(id).view.exits.map((e) => graph.edges.get(id)?.get(e.name)).filter(Boolean);
        stack.push(...exits.reverse());
      }
    };
    visit(graph.start);
    for (const id of graph.nodes.keys()) visit(id);
    return [...seen].filter((id) => !graph.folded.has(id));
  }

  walk(key) {
    const { scene } = this;
    const { graph } = scene;
    const [id] = scene.chosen;
    if (!graph.nodes.has(id)) return this.tab(false);
    if (key === "ArrowRight") {
      const exits = graph.nodes.get(id).view.exits.map((e) => graph.edges.get(id)?.get(e.name));
      const next = exits.find((t) => graph.nodes.has(t));
      return next ? this.go(next) : true;
    }
    if (key === "ArrowLeft") {
      const [first] = graph.into.get(id) ?? [];
      return first ? this.go(first.split("\n")[0]) : true;
    }
    const way = key === "ArrowDown" ? 1 : -1;
    const here = graph.box(id);
    let best = Infinity, found = null;
    for (const [other, box, kind] of graph.boxes()) {
      const dy = (box[1] - here[1]) * way;
      if (kind !== "node" || other === id || dy <= 0) continue;
      const far = dy + Math.abs(box[0] - here[0]) * 2;
      if (far < best) [best, found] = [far, other];
    }
    return found ? this.go(found) : true;
  }

  go(id) {
    this.scene.choose({ ids: [id] });
    this.scene.camera.reveal([id]);
    if (this.linking) this.showLink();
    return true;
  }
}

