// The flow as a script: a tree by the keyboard's and the screen reader's rules. Rows come from the server by `rows`,
// what people do goes back as small asks. See `builder_ui/outline/outline.py`.
import { h, nextTick, ref, shallowRef, withMemo } from "vue";

export default {
  props: { words: Object, editable: Boolean },
  emits: ["choose", "ask"],
  setup(props, { emit, expose }) {
    const rows = shallowRef([]), marks = shallowRef({}), chosen = ref(new Set());
    const folded = ref(new Set()), here = ref(0), root = ref(null);
    let typed = "", typedAt = 0;
    // a row is drawn anew only when something of it is different: a flow may have twenty thousand
    let place = new Map(), drawn = Object.create(null);

    const name = (row) => (row.row === "way" ? `${row.id}.${row.exit}` : row.id);
    const shown = () => {
      const out = [];
      let hide = Infinity;
      for (const row of rows.value) {
        if (row.level > hide) continue;
        hide = Infinity;
        out.push(row);
        if (folded.value.has(name(row))) hide = row.level;
      }
      return out;
    };
    const opens = (list, n) => n + 1 < list.length && list[n + 1].level > list[n].level;
    const holds = (row) => {
      const at = place.get(row);
      return at + 1 < rows.value.length && rows.value[at + 1].level > row.level;
    };
    const focus = (n) => {
      here.value = n;
      nextTick(() => root.value?.querySelectorAll('[role="treeitem"]')[n]?.focus());
    };
    const fold = (row, shut) => {
      const next = new Set(folded.value);
      shut ? next.add(name(row)) : next.delete(name(row));
      folded.value = next;
    };
    const choose = (row, more) => {
      if (row.row === "step") emit("choose", { id: row.id, more });
    };
    const go = (row) => {
      const list = shown();
      const target = list.findIndex((r) => r.row === "step" && r.id === row.target);
      if (target >= 0) { focus(target); choose(list[target], false); }
    };
    const ask = (kind, row, more = {}) => emit("ask", { kind, id: row.id, exit: row.exit ?? row.exits?.[0]?.[0] ?? "", ...more });

    const key = (event, row, n) => {
      const list = shown();
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      const ctrl = (event.ctrlKey || event.metaKey) && !event.altKey;
      const act = (deed) => { event.preventDefault(); event.stopPropagation(); deed(); };
      const step = (to) => act(() => { focus(to); choose(list[to], event.shiftKey); });
      switch (event.key) {
        case "ArrowDown": if (plain && n + 1 < list.length) step(n + 1); return;
        case "ArrowUp": if (plain && n > 0) step(n - 1); return;
        case "Home": return step(0);
        case "End": return step(list.length - 1);
        case "ArrowRight":
          if (holds(row) && folded.value.has(name(row))) return act(() => fold(row, false));
          if (opens(list, n)) return step(n + 1);
          if (row.row === "way" && row.target) return act(() => go(row));
          return;
        case "ArrowLeft":
          if (holds(row) && !folded.value.has(name(row))) return act(() => fold(row, true));
          for (let up = n - 1; up >= 0; up--) if (list[up].level < row.level) return step(up);
          return;
        case "Enter":
          if (row.row === "way") return act(() => (row.target && row.text ? go(row) : props.editable && ask("insert", row)));
          return act(() => ask("open", row));
        case "Delete":
        case "Backspace":
          if (props.editable) act(() => ask(row.row === "way" ? "disconnect" : "delete", row));
          return;
        case "Insert":
          if (props.editable) act(() => ask("insert", row));
          return;
      }
      if (ctrl && props.editable) {
        const low = event.key.toLowerCase();
        if (low === "z") return act(() => emit("ask", { kind: event.shiftKey ? "redo" : "undo" }));
        if (low === "y") return act(() => emit("ask", { kind: "redo" }));
        if (low === "d") return act(() => ask("duplicate", row));
      }
      if (!plain) return;
      if (props.editable && (event.key === "/" || event.key === "+")) return act(() => ask("insert", row));
      if (props.editable && event.key === "=" ) return act(() => ask("connect", row));
      if (event.key === "?") return act(() => emit("ask", { kind: "help" }));
      if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) {
        const now = Date.now();
        typed = now - typedAt < 900 ? typed + event.key.toLowerCase() : event.key.toLowerCase();
        typedAt = now;
        for (let k = 1; k <= list.length; k++) {
          const at = (n + (typed.length > 1 ? k - 1 : k)) % list.length;
          if (`${list[at].n ?? ""} ${list[at].title}`.toLowerCase().trim().startsWith(typed) ||
              list[at].title.toLowerCase().startsWith(typed)) return step(at);
        }
      }
    };

    const button = (icon, label, deed) => h("button", {
      class: "outline-tool", type: "button", tabindex: -1, title: label, "aria-label": label,
      onClick: (event) => { event.stopPropagation(); deed(); },
    }, h("i", { class: "material-icons", "aria-hidden": "true" }, icon));

    const tools = (row) => {
      if (!props.editable || row.row === "apart") return null;
      const w = props.words;
      const out = [button("add", row.row === "way" ? w.insertHere : w.insertAfter, () => ask("insert", row))];
      if (row.row === "way" || row.exits?.length) out.push(button("call_made", w.connect, () => ask("connect", row)));
      if (row.row === "step") out.push(button("delete_outline", w.remove, () => ask("delete", row)));
      else if (row.target) out.push(button("link_off", w.disconnect, () => ask("disconnect", row)));
      return h("span", { class: "outline-tools" }, out);
    };

    const line = (row, n) => {
      const mark = marks.value[row.id], is = row.row === "step";
      const can = holds(row), shut = can && folded.value.has(name(row));
      const memo = [row, n, n === here.value, String(mark), can, shut, is && chosen.value.has(row.id), props.editable];
      return withMemo(memo, () => draw(row, n, mark, can, shut), drawn, name(row) || "apart");
    };

    const draw = (row, n, mark, can, shut) => {
      const w = props.words, is = row.row === "step";
      const said = is
        ? `${row.n}. ${row.title}. ${row.text}${row.start ? `. ${w.start}` : ""}${mark ? `. ${mark[2]}` : ""}`
        : row.row === "way" ? `${w.when} ${row.title}. ${row.text}` : row.title;
      return h("div", {
        key: name(row) || "apart", role: "treeitem", tabindex: n === here.value ? 0 : -1,
        class: ["outline-row", `outline-${row.row}`, is && `group-${row.group}`, row.kind && `way-${row.kind}`],
        style: { paddingLeft: `${8 + Math.min(row.level, 16) * 7}px` },
        "aria-level": row.level + 1, "aria-label": said,
        "aria-expanded": can ? String(!shut) : undefined,
        "aria-selected": is ? String(chosen.value.has(row.id)) : undefined,
        onKeydown: (event) => key(event, row, n),
        onFocus: () => { here.value = n; },
        onClick: (event) => { focus(n); row.row === "way" && row.target && row.text ? go(row) : choose(row, event.shiftKey || event.ctrlKey); },
        onDblclick: () => is && ask("open", row),
      }, [
        h("span", { class: "outline-fold", onClick: (event) => { if (can) { event.stopPropagation(); fold(row, !shut); } } },
          can ? h("i", { class: "material-icons", "aria-hidden": "true" }, shut ? "chevron_right" : "expand_more") : null),
        is ? h("span", { class: "outline-number" }, String(row.n)) : null,
        is ? h("i", { class: "material-icons outline-icon", "aria-hidden": "true" }, row.icon) : null,
        h("span", { class: "outline-words" }, [
          h("span", { class: "outline-title" }, row.title),
          row.text ? h("span", { class: "outline-text" }, row.text) : null,
        ]),
        mark ? h("span", { class: ["outline-mark", mark[0] ? "bad" : "warn"], title: mark[2] }, String(mark[0] || mark[1])) : null,
        tools(row),
      ]);
    };

    expose({
      rows(next) {
        place = new Map(next.map((row, n) => [row, n]));
        drawn = Object.create(null);
        rows.value = next; if (here.value >= next.length) here.value = Math.max(0, next.length - 1);
      },
      marks(next) { marks.value = next; },
      choose(ids, reveal) {
        chosen.value = new Set(ids);
        const at = shown().findIndex((r) => r.row === "step" && r.id === ids[0]);
        if (at < 0) return;
        if (!root.value?.contains(document.activeElement)) here.value = at;
        if (reveal) nextTick(() => root.value?.querySelectorAll('[role="treeitem"]')[at]?.scrollIntoView({ block: "nearest" }));
      },
    });
    return () => h("div", {
      ref: root, role: "tree", class: "outline", "aria-label": props.words.label, "aria-multiselectable": "true",
    }, shown().map(line));
  },
};
