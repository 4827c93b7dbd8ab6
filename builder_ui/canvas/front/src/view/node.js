// The elements on the canvas: steps, sticky notes, frames of groups and folded groups. Texts are text nodes only.
import { h, inject } from "vue";
import { bare } from "../model/geometry.js";
import { groupOf } from "../model/graph.js";

const icon = (name) => h("i", { class: "q-icon material-icons notranslate", "aria-hidden": "true" }, name);
const props = ["id", "data"];

export const Step = {
  props,
  setup(p) {
    const scene = inject("scene");
    return () => {
      p.data.tick.value;
      const node = scene.graph.nodes.get(p.id);
      if (!node) return null;
      const { view } = node;
      const mark = scene.marks.get(p.id);
      const look = scene.nodeLook(p.id);
      const peers = scene.peersAt(p.id);
      const head = h("div", { class: "tc-head" }, [
        h("span", { class: "tc-icon" }, [icon(view.icon)]),
        h("span", { class: "tc-title" }, view.title),
        scene.graph.start === p.id ? h("span", { class: "tc-start", title: scene.words.start }, [icon("play_arrow")]) : null,
        mark && mark[0] + mark[1] > 0
          ? h("span", { class: ["tc-mark", mark[0] ? "bad" : "warn"], title: mark[2] ?? "" }, mark[0] ? `! ${mark[0]}` : `? ${mark[1]}`)
          : null,
      ]);
      const lines = view.lines.length
        ? h("div", { class: "tc-lines" }, view.lines.slice(0, 3).map((line) => h("div", { class: "tc-line" }, line)))
        : null;
      return h(
        "div",
        {
          class: ["tc-step", `g-${view.group}`, scene.isChosen(p.id) && "chosen", look?.class, look?.dash && "dash"],
          style: look ? { "--look": look.colour } : undefined,
          id: scene.domId(p.id), role: "group", "aria-label": scene.spoken(p.id),
          "aria-roledescription": scene.words.step, "data-node": p.id,
        },
        [
          h("span", { class: "tc-entry" }),
          head,
          lines,
          bare(view)
            ? view.exits.map((e) => [figure(scene, p.id, e, true), handle(scene, p.id, e, true)])
            : h("div", { class: "tc-exits" }, view.exits.map((e) => exitRow(scene, p.id, e))),
          look?.label ? h("span", { class: "tc-badge" }, look.label) : null,
          peers.map((peer, i) =>
            h("span", { class: "tc-peer", style: { "--peer": peer.color, right: `${8 + i * 26}px` }, title: peer.name },
              [peer.locked ? icon("lock") : null, peer.name.slice(0, 12)])),
        ],
      );
    };
  },
};

function handle(scene, id, exit, head) {
  const free = !scene.graph.edges.get(id)?.has(exit.name);
  return h("span", {
    class: ["tc-exit", exit.kind, head && "head", free && "free"], "data-source": id, "data-exit": exit.name,
    title: scene.editable ? scene.words.connect : undefined,
  });
}

/** How many took an exit; a press shows who. */
function figure(scene, id, exit, head) {
  const heat = scene.paints.heat?.edges?.[`${id}.${exit.name}`];
  if (!heat) return null;
  return h("button", {
    class: ["tc-figure", head && "head"], type: "button", "data-figure": exit.name, "data-of": id, tabindex: -1,
    title: scene.words.figure,
  }, String(heat.count));
}

function exitRow(scene, id, exit) {
  const missed = scene.paints.coverage?.miss.has(`${id}.${exit.name}`);
  const taken = scene.paints.coverage?.hit.has(`${id}.${exit.name}`);
  return h("div", { class: ["tc-row", exit.kind, missed && "missed", taken && "taken"], key: exit.name }, [
    figure(scene, id, exit, false),
    missed ? icon("close") : taken ? icon("check") : null,
    h("span", { class: "tc-label" }, exit.label),
    handle(scene, id, exit, false),
  ]);
}

export const Note = {
  props,
  setup(p) {
    const scene = inject("scene");
    return () => {
      p.data.tick.value;
      const note = scene.graph.notes.get(p.id);
      if (!note) return null;
      const chosen = scene.isChosen(p.id);
      const editing = scene.editing === p.id && scene.editable;
      return h(
        "div",
        { class: ["tc-note", `c-${note.color}`, chosen && "chosen"], id: scene.domId(p.id), role: "note", "data-node": p.id },
        [
          editing
            ? h("textarea", {
                class: "tc-ui nowheel", "aria-label": scene.words.note, maxlength: 4000, value: note.text,
                onVnodeMounted: (v) => v.el.focus(),
                onKeydown: (e) => { e.stopPropagation(); if (e.key === "Escape") scene.root.focus(); },
                onBlur: (e) => scene.noteWritten(p.id, e.target.value),
              })
            : h("div", { class: "tc-note-text" }, note.text || scene.words.note_empty),
          chosen && scene.editable && !editing
            ? h("div", { class: "tc-note-tools tc-ui" }, ["yellow", "green", "blue", "pink", "grey"].map((c) =>
                h("button", {
                  type: "button", class: `c-${c}`, "aria-label": scene.words[`color_${c}`], title: scene.words[`color_${c}`],
                  "aria-pressed": String(note.color === c), onClick: () => scene.noteColour(p.id, c),
                })))
            : null,
          scene.editable ? h("span", { class: "tc-grip", "data-grip": p.id }) : null,
        ],
      );
    };
  },
};

const titleField = (scene, group) =>
  scene.editing === group.id && scene.editable
    ? h("input", {
        class: "tc-ui", value: group.title, maxlength: 120, "aria-label": scene.words.group_title,
        onVnodeMounted: (v) => { v.el.focus(); v.el.select(); },
        onKeydown: (e) => { e.stopPropagation(); if (e.key === "Enter" || e.key === "Escape") scene.root.focus(); },
        onBlur: (e) => scene.groupNamed(group.id, e.target.value),
      })
    : h("span", { class: "tc-frame-title" }, group.title);

const foldButton = (scene, group) =>
  scene.editable
    ? h("button", {
        class: "tc-fold tc-ui", type: "button", tabindex: -1, "aria-expanded": String(!group.folded),
        "aria-label": scene.words[group.folded ? "unfold" : "fold"], title: scene.words[group.folded ? "unfold" : "fold"],
        onClick: () => scene.fold(group.id),
      }, [icon(group.folded ? "unfold_more" : "unfold_less")])
    : null;

export const Frame = {
  props,
  setup(p) {
    const scene = inject("scene");
    return () => {
      p.data.tick.value;
      const group = scene.graph.groups.get(groupOf(p.id));
      if (!group) return null;
      return h("div", { class: ["tc-frame", scene.chosenGroups.has(groupOf(p.id)) && "chosen"], "data-frame": groupOf(p.id) },
        [h("div", { class: "tc-frame-bar" }, [titleField(scene, group), foldButton(scene, group)])]);
    };
  },
};

export const Fold = {
  props,
  setup(p) {
    const scene = inject("scene");
    return () => {
      p.data.tick.value;
      const group = scene.graph.groups.get(groupOf(p.id));
      if (!group) return null;
      return h("div", { class: ["tc-folded", scene.chosenGroups.has(groupOf(p.id)) && "chosen"], "data-frame": groupOf(p.id), role: "group", "aria-label": group.title }, [
        icon("folder"),
        h("span", { class: "tc-title" }, [titleField(scene, group)]),
        h("span", { class: "tc-count" }, String((group.nodes ?? []).length)),
        foldButton(scene, group),
      ]);
    };
  },
};
