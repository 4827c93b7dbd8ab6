// What is dragged in from the page: any element with `data-node-kind` becomes a step where it is dropped; on an edge,
// between its ends.
import { HEAD, WIDTH, snap } from "../model/geometry.js";
import { edgeUnder } from "./hit.js";

const KIND = "application/x-trama-step";

export class Drop {
  constructor(scene) {
    this.scene = scene;
    this.start = (e) => {
      const item = e.target instanceof Element && e.target.closest("[data-node-kind]");
      if (!item) return;
      e.dataTransfer.setData(KIND, item.dataset.nodeKind);
      e.dataTransfer.setData("text/plain", item.dataset.nodeKind);
      e.dataTransfer.effectAllowed = "copy";
    };
    document.addEventListener("dragstart", this.start);
    const { root } = scene;
    root.addEventListener("dragover", (e) => this.over(e));
    root.addEventListener("dragleave", (e) => { if (!root.contains(e.relatedTarget)) this.mark(null); });
    root.addEventListener("drop", (e) => this.drop(e));
  }

  close() {
    document.removeEventListener("dragstart", this.start);
  }

  over(event) {
    if (!event.dataTransfer.types.includes(KIND) || !this.scene.editable) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.mark(edgeUnder(this.scene, ...this.scene.point(event)));
  }

  mark(key) {
    if (this.scene.dropEdge === key) return;
    this.scene.dropEdge = key;
    this.scene.repaint();
  }

  drop(event) {
    const kind = event.dataTransfer.getData(KIND);
    if (!kind) return;
    event.preventDefault();
    const { scene } = this;
    const edge = scene.dropEdge?.split("\n");
    this.mark(null);
    const [x, y] = scene.point(event);
    scene.ask("insert", { kind, at: [snap(x - WIDTH / 2), snap(y - HEAD / 2)], ...(edge && { edge }) });
    scene.root.focus({ preventScroll: true });
  }
}
