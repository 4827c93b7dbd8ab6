// What floats over the canvas: tools with their keys, the buttons of an edge, and a calm line when nothing can be saved.
import { h } from "vue";
import { align } from "../layout/align.js";

const icon = (name) => h("i", { class: "q-icon material-icons notranslate", "aria-hidden": "true" }, name);

function tool(scene, name, glyph, key, does, more = {}) {
  const label = scene.words[name];
  const { disabled, ...rest } = more;
  return h("button", {
    type: "button", class: "tc-tool", "aria-label": label, title: key ? `${label} (${key})` : label, disabled,
    onClick: () => { does(); scene.root.focus({ preventScroll: true }); }, ...rest,
  }, [icon(glyph)]);
}

const SIDES = [
  ["left", "align_horizontal_left"], ["centre", "align_horizontal_center"], ["right", "align_horizontal_right"],
  ["top", "align_vertical_top"], ["middle", "align_vertical_center"], ["bottom", "align_vertical_bottom"],
  ["columns", "horizontal_distribute"], ["rows", "vertical_distribute"],
];

export function toolbar(scene) {
  const several = scene.chosen.size + scene.chosenGroups.size > 1;
  return h("div", { class: "tc-bar tc-ui", role: "toolbar", "aria-label": scene.words.tools }, [
    tool(scene, "hand", "pan_tool", "H", () => scene.setTool("hand"), { "aria-pressed": String(scene.tool === "hand") }),
    tool(scene, "select", "highlight_alt", "V", () => scene.setTool("select"), { "aria-pressed": String(scene.tool === "select") }),
    h("span", { class: "tc-gap" }),
    tool(scene, "zoom_out", "remove", "-", () => scene.camera.by(0.8)),
    tool(scene, "zoom_in", "add", "+", () => scene.camera.by(1.25)),
    tool(scene, "zoom_one", "crop_free", "0", () => scene.camera.one()),
    tool(scene, "fit", "fit_screen", "F", () => scene.camera.fit()),
    tool(scene, "minimap", "map", "M", () => scene.toggleMinimap(), { "aria-pressed": String(Boolean(scene.minimapShown)) }),
    scene.editable ? [
      h("span", { class: "tc-gap" }),
      tool(scene, "insert", "add_box", "/", () => scene.ask("insert", { kind: null, at: scene.middle().map(Math.round) })),
      tool(scene, "add_note", "sticky_note_2", "N", () => scene.ask("note", { at: scene.middle().map(Math.round) })),
      tool(scene, "layout", "auto_fix_high", "L", () => scene.arrange(), { disabled: Boolean(scene.busy) }),
    ] : null,
    scene.editable && several ? [
      h("span", { class: "tc-gap" }),
      tool(scene, "group", "create_new_folder", "G", () => scene.ask("group", { ids: [...scene.chosen].filter((id) => scene.graph.nodes.has(id)) })),
      SIDES.map(([side, glyph]) => tool(scene, `align_${side}`, glyph, "", () => align(scene, side))),
    ] : null,
    h("span", { class: "tc-gap" }),
    tool(scene, "keys", "keyboard", "?", () => scene.ask("help")),
  ]);
}

export function edgeTools(scene, ref) {
  const key = scene.hovered ?? (scene.chosenEdges.size === 1 ? [...scene.chosenEdges][0] : null);
  if (!key || !scene.editable || !scene.near || scene.hand?.gesture) return null;
  const way = scene.wayOf(key);
  if (!way) return null;
  const { x, y, zoom } = scene.viewport();
  const [from, exit] = key.split("\n");
  return h("div", {
    ref, class: "tc-edge-tools tc-ui", "data-edge": key,
    style: { transform: `translate(${way.middle[0] * zoom + x}px, ${way.middle[1] * zoom + y}px)` },
  }, [
    h("button", {
      type: "button", "aria-label": scene.words.insert_here, title: scene.words.insert_here, tabindex: -1,
      onClick: () => scene.ask("insert", { kind: null, at: way.middle.map(Math.round), edge: [from, exit] }),
    }, [icon("add")]),
    h("button", {
      type: "button", "aria-label": scene.words.remove_edge, title: scene.words.remove_edge, tabindex: -1,
      onClick: () => { scene.do({ do: "disconnect", from, exit }); scene.root.focus({ preventScroll: true }); },
    }, [icon("delete")]),
  ]);
}

export function banner(scene) {
  const text = scene.failed ? scene.words.not_loaded : scene.away ? scene.words.away : scene.notice ?? scene.linkText;
  return h("div", { class: "tc-banner", role: "status", "data-shown": text ? "" : undefined }, text ?? "");
}
