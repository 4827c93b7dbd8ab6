// What is typed into the form is kept in this tab until the server has it: a restart of the server, or a connection that
// is away for long, makes the page load anew, and then it is typed again where it belongs.
const STEADY = 3000, EVERY = 500, MOST = 400, OLD = 6 * 3600e3;
const FIELD = "#panel-step [data-path]", WIDE = "(min-width: 821px)";

const storage = (deed) => {
  try {
    return deed(sessionStorage);
  } catch (fault) {
    // a full or forbidden storage costs what was typed last, nothing else
    if (!(fault instanceof DOMException || fault instanceof SyntaxError)) throw fault;
    return null;
  }
};

export default {
  props: { flow: String },
  emits: ["again", "lost"],
  data: () => ({ step: "" }),
  mounted() {
    this.place = `trama.typed:${this.flow}`;
    this.typed = new Map();
    this.last = 0;
    this.looked = false;
    this.before = new WeakMap();
    this.focused = ({ target }) => { if (target.closest?.(FIELD) && "value" in target) this.before.set(target, target.value); };
    this.entered = ({ target }) => this.note(target);
    document.addEventListener("focusin", this.focused);
    document.addEventListener("input", this.entered, true);
    this.beat = setInterval(() => this.look(), EVERY);
  },
  beforeUnmount() {
    document.removeEventListener("focusin", this.focused);
    document.removeEventListener("input", this.entered, true);
    clearInterval(this.beat);
    this.away(false);
  },
  methods: {
    /** Whose form is shown; "" for the flow's own. */
    show(step) {
      if (step !== this.step) this.typed.clear();
      this.step = step;
      if (!this.looked) this.back();
      this.looked = true;
    },
    /** Once the page is there: was something left over by the one before? */
    back() {
      const kept = storage((s) => JSON.parse(s.getItem(this.place) ?? "null"));
      if (!kept) return;
      if (Date.now() - kept.at > OLD) return void storage((s) => s.removeItem(this.place));
      if (document.querySelector(".trama-canvas")?.trama?.opened) this.$emit("again", kept.step);
      else setTimeout(() => this.back(), 100);
    },
    note(target) {
      const field = target.closest?.(FIELD);
      if (!field || typeof target.value !== "string" || target.type === "password") return;
      const path = field.dataset.path;
      const entry = this.typed.get(path) ?? { seen: [this.before.get(target) ?? ""] };
      entry.seen = [...entry.seen, target.value].slice(-MOST);
      this.typed.set(path, entry);
      this.last = Date.now();
      storage((s) => s.setItem(this.place, JSON.stringify({ step: this.step, at: this.last, fields: [...this.typed] })));
    },
    look() {
      const here = window.socket?.connected ?? false;
      this.away(!here);
      if (!here) this.last = Date.now();
      else if (this.last && Date.now() - this.last > STEADY) {
        // long enough for the pause after typing and the way to the server
        this.last = 0;
        this.typed.clear();
        storage((s) => s.removeItem(this.place));
        const now = document.activeElement;
        if (now?.closest?.(FIELD)) this.before.set(now, now.value);
      }
    },
    /** One word of it is enough where the canvas has its own. */
    away(yes) {
      const popup = document.getElementById("popup"), state = document.querySelector(".editor-state");
      if (popup) popup.style.display = yes && matchMedia(WIDE).matches ? "none" : "";
      if (state) state.style.visibility = yes ? "hidden" : "";
    },
    /** The form of that step is there again. */
    async fill(step) {
      const kept = storage((s) => JSON.parse(s.getItem(this.place) ?? "null"));
      storage((s) => s.removeItem(this.place));
      if (!kept || kept.step !== step) return;
      this.step = step;
      await this.$nextTick();
      for (const [path, { seen }] of kept.fields) {
        const text = seen.at(-1);
        const input = document.querySelector(`#panel-step [data-path="${CSS.escape(path)}"] :is(textarea, input)`);
        if (!input || input.disabled || input.readOnly || !seen.includes(input.value)) this.$emit("lost", text);
        else if (input.value !== text) {
          input.focus();
          const shape = input instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
          Object.getOwnPropertyDescriptor(shape.prototype, "value").set.call(input, text);
          input.dispatchEvent(new Event("input", { bubbles: true }));
        }
      }
    },
  },
  template: "<template></template>",
};
