// The canvas as a NiceGUI element. Props are the address of the flow, the words and whether it may be edited; the flow
// itself is fetched, and changes travel as small messages: see `builder_ui/canvas/element.py`.
import { h, markRaw, onBeforeUnmount, onMounted, provide, ref, shallowRef, watch } from "vue";
import { VueFlow, useVueFlow } from "@vue-flow/core";
import base from "@vue-flow/core/dist/style.css?inline";
import own from "./style.css?inline";
import { Scene } from "./scene.js";
import { Camera, FARTHEST, NEAREST } from "./view/camera.js";
import { Picture } from "./view/draw.js";
import { Minimap } from "./view/minimap.js";
import { Fold, Frame, Note, Step } from "./view/node.js";
import { Stage } from "./view/stage.js";
import { banner, edgeTools, toolbar } from "./view/tools.js";
import { Clipboard } from "./hand/clipboard.js";
import { Drop } from "./hand/drop.js";
import { Hand } from "./hand/pointer.js";
import { Keys } from "./hand/keys.js";
import { arranged } from "./layout/arrange.js";

const TYPES = { node: markRaw(Step), note: markRaw(Note), frame: markRaw(Frame), fold: markRaw(Fold) };
const SETTINGS = {
  nodeTypes: TYPES, nodesDraggable: false, nodesConnectable: false, elementsSelectable: false, nodesFocusable: false,
  edgesFocusable: false, zoomOnDoubleClick: false, zoomOnScroll: false, panOnScroll: false, panOnDrag: true,
  zoomOnPinch: true, deleteKeyCode: null, selectionKeyCode: null, multiSelectionKeyCode: null, panActivationKeyCode: null,
  zoomActivationKeyCode: null, disableKeyboardA11y: true, minZoom: FARTHEST, maxZoom: NEAREST, elevateNodesOnSelect: false,
  autoPanOnNodeDrag: false,
};
const VIEW_EVERY = 400;
const RESEND = 8000;

function dress() {
  if (document.getElementById("trama-canvas-style")) return;
  const sheet = document.createElement("style");
  sheet.id = "trama-canvas-style";
  sheet.textContent = base + own;
  document.head.append(sheet);
}

export default {
  name: "TramaCanvas",
  props: { id: String, url: String, words: Object, editable: Boolean, outline: String },
  emits: ["command", "ask", "select", "view"],
  setup(props, { emit, expose }) {
    dress();
    const tick = shallowRef(0);
    const root = ref(null), under = ref(null), map = ref(null), tools = ref(null), rubber = ref(null);
    const flow = useVueFlow({ id: `${props.id}-flow` });
    const scene = new Scene({ words: props.words, editable: props.editable, emit });
    provide("scene", scene);
    const ends = [];
    let hand, keys;

    scene.rubber = (rect) => {
      const el = rubber.value;
      el.hidden = !rect;
      if (!rect) return;
      const { x, y, zoom } = scene.viewport();
      Object.assign(el.style, {
        transform: `translate(${rect[0] * zoom + x}px, ${rect[1] * zoom + y}px)`,
        width: `${(rect[2] - rect[0]) * zoom}px`, height: `${(rect[3] - rect[1]) * zoom}px`,
      });
    };
    scene.tools = () => {
      const el = tools.value;
      const way = el && scene.wayOf(el.dataset.edge ?? "");
      if (!way) return;
      const { x, y, zoom } = scene.viewport();
      el.style.transform = `translate(${way.middle[0] * zoom + x}px, ${way.middle[1] * zoom + y}px)`;
    };
    scene.toggleMinimap = () => {
      scene.minimapShown = !scene.minimapShown;
      scene.ui();
      scene.repaint();
    };
    scene.minimapShown = true;
    scene.arrange = async () => {
      if (!scene.editable) return scene.refused();
      scene.busy = true;
      scene.ui();
      try {
        const places = await arranged(scene.graph, scene.movable());
        if (places) {
          scene.move(places);
          scene.camera.reveal([...places.keys()]);
        }
      } catch (fault) {
        if (!(fault instanceof RangeError)) throw fault;
        console.error(fault);
        scene.tellBriefly(props.words.layout_failed);
      } finally {
        scene.busy = false;
        scene.ui();
      }
      return undefined;
    };

    onMounted(() => {
      const picture = new Picture(under.value);
      const stage = new Stage(flow, scene);
      scene.camera = new Camera(flow, scene);
      const size = () => {
        picture.resize(root.value.clientWidth, root.value.clientHeight);
        scene.bounds = null;
        scene.stage && (scene.stage.area = null);
        // painted at once: a canvas is empty after its size has changed
        if (scene.picture) {
          scene.frame();
          scene.openOnce();
        }
      };
      size();
      scene.attach({ root: root.value, flow, picture, stage, minimap: new Minimap(map.value), ui: () => tick.value++ });
      const watcher = new ResizeObserver(size);
      watcher.observe(root.value);
      hand = scene.hand = new Hand(scene);
      keys = new Keys(scene, hand);
      const clipboard = new Clipboard(scene, keys);
      const drop = new Drop(scene);
      const modes = new MutationObserver(() => scene.recolour());
      modes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
      const connected = () => { scene.away = false; scene.ui(); scene.again(); };
      const lost = () => { scene.away = true; hand.cancel(); scene.ui(); scene.repaint(); };
      // NiceGUI makes its socket after the elements of the first page
      const listen = () => {
        if (!window.socket) return void (socketSoon = setTimeout(listen, 50));
        window.socket.on("connect", connected);
        window.socket.on("disconnect", lost);
        return undefined;
      };
      let socketSoon = 0;
      listen();
      const resend = setInterval(() => scene.shared.url === scene.shared.home && scene.again(), RESEND);
      let told = 0;
      const stop = watch(flow.viewport, () => {
        cancelAnimationFrame(scene.due);
        scene.frame();
        clearTimeout(told);
        told = setTimeout(() => {
          scene.keepView();
          emit("view", scene.inView().map(Math.round));
        }, VIEW_EVERY);
      }, { deep: true, flush: "post" });
      ends.push(stop, () => {
        watcher.disconnect();
        modes.disconnect();
        clipboard.close();
        drop.close();
        clearInterval(resend);
        clearTimeout(told);
        clearTimeout(socketSoon);
        window.socket?.off("connect", connected);
        window.socket?.off("disconnect", lost);
      });
      root.value.trama = scene;
      scene.shared.home = props.url;
      scene.load(props.url);
    });
    onBeforeUnmount(() => ends.splice(0).forEach((end) => end()));

    watch(() => props.editable, (may) => { scene.allowed = may; scene.told("all"); });

    let loading = Promise.resolve();
    expose({
      patch: (rev, ops, token) => scene.shared.patch(rev, ops, token),
      refuse: (token, message) => {
        scene.shared.refuse(token);
        if (message) scene.tellBriefly(message);
      },
      select: (ids, reveal) => {
        scene.choose({ ids: ids.filter((id) => scene.graph.nodes.has(id) || scene.graph.notes.has(id)) }, { quiet: true });
        if (reveal && ids.length) scene.camera.reveal(ids);
      },
      // what is to be seen may belong to a version that is still on its way
      reveal: (ids) => loading.then(() => scene.camera.reveal(ids.filter((id) => scene.graph.nodes.has(id)))),
      paint: (layer, paint) => scene.paint(layer, paint),
      marks: (marks) => scene.setMarks(marks),
      show: (url) => { loading = scene.load(url); },
      set_editable: (may) => { scene.allowed = may; scene.told("all"); },
      focus: () => root.value.focus(),
      fit: (ids) => scene.camera.fit(ids),
    });

    const minimapAt = (event) => {
      if (event.buttons !== 1) return;
      const box = map.value.getBoundingClientRect();
      scene.camera.centre(...scene.minimap.at(event.clientX - box.left, event.clientY - box.top));
    };

    return () => {
      tick.value;
      const { words } = props;
      return h("div", {
        ref: root, class: ["trama-canvas", scene.editable ? "editable" : "reading", `tool-${scene.tool}`],
        tabindex: 0, role: "application", "aria-label": words.canvas, "aria-roledescription": words.canvas_role,
        "aria-describedby": [`${props.id}-help`, props.outline].filter(Boolean).join(" "),
        "aria-activedescendant": scene.chosen.size === 1 && scene.mounted.has([...scene.chosen][0]) ? scene.domId([...scene.chosen][0]) : undefined,
      }, [
        h("div", { id: `${props.id}-help`, class: "tc-unseen" }, words.help_text),
        h("div", { class: "tc-unseen", "aria-live": "polite" }, scene.spokenNow ?? ""),
        h("canvas", { ref: under, class: "tc-under", "aria-hidden": "true" }),
        h(VueFlow, { id: `${props.id}-flow`, ...SETTINGS }),
        h("div", { ref: rubber, class: "tc-rubber", hidden: true }),
        edgeTools(scene, tools),
        banner(scene),
        toolbar(scene),
        h("div", { class: ["tc-map", "tc-ui", !scene.minimapShown && "tc-hidden"] },
          [h("canvas", { ref: map, "aria-hidden": "true", onPointerdown: (e) => { map.value.setPointerCapture(e.pointerId); minimapAt(e); }, onPointermove: minimapAt })]),
      ]);
    };
  },
};
