// What is done on the canvas: commands that it sends itself, and what it asks the page for. Refusals say why, briefly.
import { groupKey, groupOf, noteRaw } from "./model/graph.js";

export class Deeds {
  do(command) {
    if (!this.editable) {
      this.refused();
      return null;
    }
    return this.shared.send(command);
  }

  ask(kind, data = {}) {
    const reading = new Set(["open", "search", "palette", "help", "exit"]);
    if (!this.editable && !reading.has(kind)) {
      this.refused();
      return;
    }
    this.emit("ask", kind, data);
  }

  refused() {
    this.tellBriefly(this.away ? this.words.away : this.words.read_only);
  }

  tellBriefly(text) {
    this.notice = text;
    clearTimeout(this.noticeGone);
    this.noticeGone = setTimeout(() => { this.notice = null; this.ui(); }, 4000);
    this.ui();
  }

  /** Nodes and notes to new places, as one command. `to`: Map of id to [x, y]. */
  move(to) {
    const places = {};
    for (const [id, [x, y]] of to) places[id] = [Math.round(x), Math.round(y)];
    if (Object.keys(places).length) this.do({ do: "move", to: places });
  }

  connect(source, exit, target) {
    this.do({ do: "connect", from: source, exit, to: target });
  }

  batch(commands) {
    if (commands.length === 1) this.do(commands[0]);
    else if (commands.length) this.do({ do: "batch", commands });
  }

  remove() {
    const nodes = [...this.chosen].filter((id) => this.graph.nodes.has(id));
    for (const id of this.chosenGroups) {
      const group = this.graph.groups.get(id);
      if (group?.folded) nodes.push(...group.nodes);
    }
    const notes = [...this.chosen].filter((id) => this.graph.notes.has(id));
    const edges = [...this.chosenEdges].map((key) => key.split("\n"));
    const frames = [...this.chosenGroups].filter((id) => !this.graph.groups.get(id)?.folded);
    if (nodes.length) this.ask("delete", { ids: [...new Set(nodes)], edges, notes });
    else {
      this.batch([
        ...edges.map(([from, exit]) => ({ do: "disconnect", from, exit })),
        ...notes.map((id) => ({ do: "remove_note", id })),
        ...frames.map((id) => ({ do: "remove_group", id })),
      ]);
    }
    this.root.focus({ preventScroll: true });
  }

  fold(id) {
    const group = this.graph.groups.get(id);
    this.do({ do: "put_group", group: { ...group, folded: !group.folded } });
  }

  groupNamed(id, title) {
    this.editing = null;
    const group = this.graph.groups.get(id);
    const words = title.trim();
    if (group && words && words !== group.title) this.do({ do: "put_group", group: { ...group, title: words } });
    else this.touch(groupKey(id));
  }

  /** Selected groups are dissolved; selected nodes leave theirs. */
  ungroup() {
    const commands = [];
    for (const group of this.graph.groups.values()) {
      const left = (group.nodes ?? []).filter((id) => !this.chosen.has(id));
      if (this.chosenGroups.has(group.id) || (left.length === 0 && group.nodes?.length)) commands.push({ do: "remove_group", id: group.id });
      else if (left.length !== (group.nodes ?? []).length) commands.push({ do: "put_group", group: { ...group, nodes: left } });
    }
    this.batch(commands);
  }

  /** The open group whose frame holds a point, without what is being moved. */
  groupAt(x, y, moving) {
    const set = new Set(moving);
    for (const group of this.graph.groups.values()) {
      if (group.folded || (group.nodes ?? []).some((id) => set.has(id))) continue;
      const box = this.graph.frame(group);
      if (box && x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]) return group.id;
    }
    return null;
  }

  noteWritten(id, text) {
    if (this.editing !== id) return;
    this.editing = null;
    const note = this.graph.notes.get(id);
    if (note && note.text !== text) this.do({ do: "put_note", note: { ...noteRaw(note), text } });
    else this.touch(id);
  }

  noteColour(id, color) {
    const note = this.graph.notes.get(id);
    if (note && note.color !== color) this.do({ do: "put_note", note: { ...noteRaw(note), color } });
  }

  edit(key) {
    if (!this.editable) return;
    this.editing = groupOf(key) ?? key;
    this.touch(key);
  }

  setTool(tool) {
    this.tool = tool;
    this.ui();
  }
}
