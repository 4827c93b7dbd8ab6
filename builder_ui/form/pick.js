// A field with a list to search: a flow, a queue, a variable. With `free` any other word may be written too; with `many`
// the value is a list shown as chips.
const fold = (text) => (text || "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
let serial = 0;

export default {
  template: `
<div class="tf-pick" :class="{ invalid, off: disabled, many }" @mousedown="many && $refs.box && $event.target === $el && ($event.preventDefault(), $refs.box.focus())">
  <template v-if="many"><span v-for="(one, n) in list" :key="n" class="tf-tag"><span>{{ edition >= 0 ? named(one) : '' }}</span><button v-if="!disabled" type="button"
    :aria-label="words.remove + ' ' + named(one)" @click="drop(n)">×</button></span></template>
  <input ref="box" class="tf-box" type="text" role="combobox" :id="inputId" :value="shown" :placeholder="many && list.length ? '' : placeholder" :disabled="disabled"
    :aria-label="label || null" :aria-describedby="described || null" :aria-invalid="invalid ? 'true' : null" aria-autocomplete="list"
    :aria-expanded="String(open)" :aria-controls="popId" :aria-activedescendant="open && found.length ? popId + '-' + at : null" autocomplete="off"
    @focus="enter" @click="enter" @input="typed" @keydown="key" @blur="left" />
  <span v-if="!many" class="tf-arrow" aria-hidden="true">▾</span>
  <Teleport to="body">
    <ul v-if="open && (rows.length || !free)" class="tf-pop" role="listbox" :id="popId" :aria-label="label || placeholder" :style="place" ref="pop">
      <template v-for="(one, n) in rows" :key="n">
        <li v-if="one.head" class="tf-pop-head" role="presentation">{{ one.head }}</li>
        <li v-else role="option" :id="popId + '-' + one.n" :aria-selected="String(one.n === at)" :class="{ on: one.n === at }" @mousedown.prevent="take(one.one)">
          <span class="tf-pop-name">{{ one.one.label }}</span><span class="tf-pop-kind">{{ one.one.kind }}</span>
          <span class="tf-pop-path" v-if="one.one.path && one.one.path !== one.one.label">{{ one.one.path }}</span><span class="tf-pop-eg">{{ one.one.example }}</span></li>
      </template>
      <li v-if="!rows.length" class="tf-pop-none" role="presentation">{{ words.nothing }}</li>
    </ul>
  </Teleport>
</div>`,
  props: {
    autofocus: Boolean, value: {}, options: Array, source: String, free: Boolean, many: Boolean, placeholder: String, label: String, disabled: Boolean,
    invalid: Boolean, described: String, inputId: String,
  },
  emits: ["edit"],
  data() { serial += 1; return { now: this.value, query: null, open: false, at: 0, place: {}, popId: "tf-pick-" + serial, edition: 0 }; },
  computed: {
    words() { void this.edition; return (window.tramaBook || {}).words || {}; },
    list() { return this.many && Array.isArray(this.now) ? this.now : []; },
    shown() { void this.edition; return this.query !== null ? this.query : this.many ? "" : this.named(this.now); },
    found() { void this.edition; void this.open; void this.query; return this.matching(); },
    rows() {
      const rows = []; let group = "";
      this.found.forEach((one, n) => { if (one.group && one.group !== group) { group = one.group; rows.push({ head: group }); } rows.push({ one, n }); });
      return rows;
    },
  },
  mounted() { if (this.autofocus) this.$refs.box.focus(); window.addEventListener("trama-book", this.turned); },
  beforeUnmount() { window.removeEventListener("trama-book", this.turned); },
  watch: { value(now) { this.now = now; } },
  methods: {
    turned() { this.edition += 1; },
    all() {
      const held = this.options || (window.tramaBook || {})[this.source] || [];
      return held.map((one) => (typeof one === "string" ? { value: one, label: one } : { ...one, value: one.value === undefined ? one.path : one.value }));
    },
    named(value) {
      if (value === null || value === undefined || value === "") return "";
      const one = this.all().find((o) => o.value === value);
      return one ? one.label : typeof value === "string" ? value : JSON.stringify(value);
    },
    matching() {
      const wanted = fold(this.query || "");
      return this.all().filter((one) => !this.list.includes(one.value) && (!wanted || fold(one.label).includes(wanted) || fold(one.path).includes(wanted))).slice(0, 200);
    },
    enter() {
      if (this.open || this.disabled) return;
      this.open = true; this.query = null; this.fresh = true; this.moved = false;
      this.at = Math.max(0, this.matching().findIndex((o) => o.value === this.now));
      if (!this.many) this.$nextTick(() => this.$refs.box.select());
      this.put();
      this.$nextTick(this.reveal);
    },
    put() {
      const rect = this.$el.getBoundingClientRect(), below = window.innerHeight - rect.bottom;
      const width = Math.max(280, Math.min(rect.width, 460)), left = Math.max(8, Math.min(rect.left, window.innerWidth - width - 8));
      this.place = { left: left + "px", width: width + "px" };
      if (below > 240 || below > rect.top) this.place = { ...this.place, top: rect.bottom + 4 + "px", maxHeight: Math.min(320, below - 16) + "px" };
      else this.place = { ...this.place, bottom: window.innerHeight - rect.top + 4 + "px", maxHeight: Math.min(320, rect.top - 16) + "px" };
    },
    typed(event) {
      const text = event.target.value;
      this.fresh = false; this.open = true; this.at = 0;
      if (this.many && /[,;\n]$/.test(text) && this.free) { this.query = text.slice(0, -1); this.add(this.query); return; }
      this.query = text;
      this.put();
    },
    reveal() { const on = this.$refs.pop && this.$refs.pop.querySelector(".on"); if (on) on.scrollIntoView({ block: "nearest" }); },
    key(event) {
      const size = this.found.length;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!this.open) return this.enter();
        if (size) this.at = (this.at + (event.key === "ArrowDown" ? 1 : size - 1)) % size;
        this.moved = true;
        this.$nextTick(this.reveal);
      } else if (event.key === "Enter") {
        event.preventDefault();
        const exact = this.free && this.query && !this.moved;
        if (exact) { if (this.many) this.add(this.query); else this.give(this.query.trim()); }
        else if (this.open && size) this.take(this.found[this.at]);
      } else if (event.key === "Escape" && this.open) { event.preventDefault(); event.stopPropagation(); this.shut(); }
      else if (event.key === "Backspace" && this.many && !this.query && this.list.length) this.drop(this.list.length - 1);
    },
    left() {
      const text = (this.query || "").trim();
      if (this.free && this.query !== null && !this.fresh) { if (this.many) { if (text) this.add(text); } else if (text !== this.named(this.now)) this.give(text); }
      this.shut();
    },
    shut() { this.open = false; this.query = null; this.fresh = false; this.moved = false; },
    take(one) {
      if (this.many) { this.query = ""; this.say([...this.list, one.value]); return; }
      this.give(one.value);
    },
    give(value) { this.shut(); this.say(value); },
    add(text) { const word = text.trim(); this.query = ""; if (word && !this.list.includes(word)) this.say([...this.list, word]); },
    drop(at) { this.say(this.list.filter((_, n) => n !== at)); this.$nextTick(() => this.$refs.box && this.$refs.box.focus()); },
    say(value) { this.now = value; this.$emit("edit", value); },
  },
};
