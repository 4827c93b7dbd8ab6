// A text that may hold substitutions: completion of variables and filters, emoji, counter. What is typed stays here until
// the server has it; a value from outside is taken only while nothing of one's own is under way.
const PAUSE = 400;
const VARIABLE = /\{\{\s*([\p{L}\p{N}_. ]*)$|\{([\w.]*)$/u;
const FILTER = /\{\{[^{}]*\|\s*([\p{L}_ ]*)$/u;
const HOLE = /(\{\{.*?\}\})/s;
const fold = (text) => (text || "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
let serial = 0;

export default {
  template: `
<div class="tf-writer">
  <div class="tf-write" :class="{ lined: !multiline, invalid, off: disabled }">
    <div v-if="templated" class="tf-mirror" :class="{ mono }" aria-hidden="true" ref="mirror"><span
      v-for="(piece, n) in pieces" :key="n" :class="piece.chip ? 'tf-hole' : ''">{{ piece.text }}</span>\u200b</div>
    <component :is="multiline ? 'textarea' : 'input'" ref="box" class="tf-box" :class="{ mono }" :value="text" :id="inputId"
      :rows="multiline ? rows : null" :type="multiline ? null : 'text'" :placeholder="placeholder" :disabled="disabled"
      :aria-label="label || null" :aria-describedby="described || null" :aria-invalid="invalid ? 'true' : null"
      :aria-required="needed ? 'true' : null" :role="templated && !multiline ? 'combobox' : null" :aria-expanded="templated && !multiline ? String(open) : null"
      :aria-controls="open ? popId : null" :aria-activedescendant="open ? popId + '-' + at : null"
      :aria-autocomplete="templated ? 'list' : null" autocomplete="off" spellcheck="true"
      @input="typed" @keydown="key" @blur="left" @scroll="scrolled" @click="look" @focus="focused = true" />
  </div>
  <div v-if="tools || limit" class="tf-tools">
    <template v-if="tools && !disabled">
      <button type="button" class="tf-tool" :title="words.variable" :aria-label="words.variable" @mousedown.prevent @click="offer">
        <span aria-hidden="true">{ }</span> {{ words.variable }}</button>
      <button type="button" class="tf-tool" :title="words.emoji" :aria-label="words.emoji" :aria-expanded="String(faces)"
        ref="face" @click="toggleFaces"><span aria-hidden="true">☺</span></button>
    </template>
    <span v-if="limit" class="tf-count" :class="{ over: limit.over }" :title="limit.all" role="status">{{ limit.text }}</span>
  </div>
  <Teleport to="body">
    <ul v-if="open" class="tf-pop" role="listbox" :id="popId" :aria-label="words.variable" :style="place" ref="pop">
      <li v-for="(one, n) in found" :key="one.key" role="option" :id="popId + '-' + n" :aria-selected="String(n === at)"
        :class="{ on: n === at }" @mousedown.prevent="take(one)">
        <span class="tf-pop-name">{{ one.label }}</span><span class="tf-pop-kind">{{ one.kind }}</span>
        <span class="tf-pop-path">{{ one.path }}</span><span class="tf-pop-eg">{{ one.example }}</span>
      </li>
    </ul>
    <div v-if="faces" class="tf-pop tf-faces" role="dialog" :aria-label="words.emoji" :style="place" ref="facesBox" @keydown.esc.stop="closeFaces">
      <input class="tf-box lined" type="search" v-model="faceQuery" :placeholder="words.search" :aria-label="words.search" ref="faceSearch" />
      <div class="tf-faces-scroll">
        <div v-for="group in faceGroups" :key="group.name"><div class="tf-faces-head">{{ group.name }}</div>
          <button v-for="one in group.items" :key="one[0]" type="button" class="tf-face" :title="one[1]" :aria-label="one[1]"
            @click="insertFace(one[0])">{{ one[0] }}</button></div>
      </div>
    </div>
  </Teleport>
</div>`,
  props: {
    autofocus: Boolean, value: String, multiline: Boolean, rows: { type: Number, default: 3 }, label: String, placeholder: String, templated: Boolean,
    tools: Boolean, limits: Array, disabled: Boolean, invalid: Boolean, needed: Boolean, described: String, mono: Boolean,
    inputId: String, live: Boolean,
  },
  emits: ["edit", "typing"],
  data() {
    serial += 1;
    return { text: this.value || "", dirty: false, focused: false, open: false, mode: "", found: [], at: 0, place: {}, from: 0,
      popId: "tf-pop-" + serial, faces: false, faceQuery: "", offered: null, edition: 0 };
  },
  computed: {
    words() { void this.edition; return (window.tramaBook || {}).words || {}; },
    pieces() { return this.text.split(HOLE).filter(Boolean).map((text) => ({ text, chip: text.startsWith("{{") && text.endsWith("}}") })); },
    limit() {
      if (!this.limits || !this.limits.length) return null;
      const size = Array.from(this.text).length, least = Math.min(...this.limits.map((l) => l.most));
      const about = this.text.includes("{{") ? "≈ " : "";
      return { over: size > least, text: about + size + " / " + least, all: this.limits.map((l) => l.name + ": " + l.most).join(" · ") };
    },
    faceGroups() {
      void this.edition;
      const wanted = fold(this.faceQuery);
      return ((window.tramaBook || {}).emoji || []).map((g) => ({ name: g.name, items: g.items.filter((i) => !wanted || fold(i[1]).includes(wanted)) }))
        .filter((g) => g.items.length);
    },
  },
  watch: {
    value(now) { if (!this.dirty) { this.text = now || ""; this.$nextTick(this.grow); } },
    text() { this.$nextTick(this.grow); },
  },
  mounted() { this.grow(); if (this.autofocus) this.$refs.box.focus(); document.addEventListener("mousedown", this.outside); window.addEventListener("trama-book", this.turned); window.addEventListener("beforeunload", this.send); },
  beforeUnmount() { this.send(); window.removeEventListener("beforeunload", this.send); window.removeEventListener("trama-book", this.turned); document.removeEventListener("mousedown", this.outside); },
  methods: {
    turned() { this.edition += 1; },
    typed(event) {
      this.text = event.target.value;
      this.dirty = true;
      clearTimeout(this.pause);
      this.pause = setTimeout(this.send, PAUSE);
      if (this.live && !this.telling) this.telling = setTimeout(() => { this.telling = null; this.$emit("typing", this.text); }, 150);
      this.look();
    },
    send() {
      clearTimeout(this.pause);
      if (!this.dirty) return;
      this.dirty = false;
      this.$emit("edit", this.text);
    },
    left() {
      this.focused = false;
      this.send();
      if (!this.faces) this.shut();
    },
    grow() {
      const box = this.$refs.box;
      if (!box || !this.multiline) return;
      box.style.height = "auto";
      box.style.height = Math.min(box.scrollHeight + 2, 420) + "px";
    },
    scrolled(event) { if (this.$refs.mirror) { this.$refs.mirror.scrollTop = event.target.scrollTop; this.$refs.mirror.scrollLeft = event.target.scrollLeft; } },
    look() {
      if (!this.templated || this.disabled) return;
      const box = this.$refs.box, before = box.value.slice(0, box.selectionStart);
      const filter = FILTER.exec(before), variable = filter ? null : VARIABLE.exec(before);
      const hit = filter || variable;
      if (!hit) return this.shut();
      this.mode = filter ? "filter" : "variable";
      this.from = hit.index;
      const wanted = fold(hit[1] ?? hit[2]).trim(), book = window.tramaBook || {};
      const all = filter ? book.filters || [] : book.hints || [];
      this.found = all.filter((one) => fold(one.path).includes(wanted) || fold(one.label).includes(wanted)).slice(0, 60);
      this.at = Math.min(this.at, Math.max(0, this.found.length - 1));
      this.open = this.found.length > 0;
      if (this.open) this.put(this.$refs.box);
    },
    put(near) {
      const rect = near.getBoundingClientRect(), below = window.innerHeight - rect.bottom;
      const width = Math.max(300, Math.min(rect.width, 460)), left = Math.max(8, Math.min(rect.left, window.innerWidth - width - 8));
      this.place = { left: left + "px", width: width + "px" };
      if (below > 240 || below > rect.top) this.place = { ...this.place, top: rect.bottom + 4 + "px", maxHeight: Math.min(300, below - 16) + "px" };
      else this.place = { ...this.place, bottom: window.innerHeight - rect.top + 4 + "px", maxHeight: Math.min(300, rect.top - 16) + "px" };
    },
    shut() { this.open = false; this.at = 0; this.offered = null; },
    key(event) {
      if (this.open) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          this.at = (this.at + (event.key === "ArrowDown" ? 1 : this.found.length - 1)) % this.found.length;
          this.$nextTick(() => { const on = this.$refs.pop && this.$refs.pop.querySelector(".on"); if (on) on.scrollIntoView({ block: "nearest" }); });
          return;
        }
        if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); this.take(this.found[this.at]); return; }
        if (event.key === "Escape") {
          event.preventDefault(); event.stopPropagation();
          const taken = this.offered;
          this.shut();
          if (taken !== null) this.change(taken.before, taken.after);
          return;
        }
      }
      if (event.key === "Enter" && !this.multiline) this.send();
    },
    take(one) {
      const box = this.$refs.box, before = box.value.slice(0, box.selectionStart), after = box.value.slice(box.selectionStart);
      if (this.mode === "filter") {
        const start = before.replace(/\|\s*[\p{L}_ ]*$/u, "| ");
        const closed = /^\s*[^{]*?\}\}/.test(after);
        this.change(start + one.insert, closed ? after : " }}" + after, closed ? 0 : 3);
      } else {
        const rest = after.replace(/^[\w. ]*\}\}/, "");
        this.change(before.slice(0, this.from) + "{{ " + one.path + " }}", rest);
      }
      this.shut();
    },
    change(before, after, on = 0) {
      this.text = before + after;
      this.dirty = true;
      clearTimeout(this.pause);
      this.pause = setTimeout(this.send, PAUSE);
      if (this.live) this.$emit("typing", this.text);
      this.$nextTick(() => { const box = this.$refs.box; box.focus(); box.setSelectionRange(before.length + on, before.length + on); });
    },
    offer() {
      const box = this.$refs.box, spot = box.selectionStart ?? this.text.length;
      const before = this.text.slice(0, spot), after = this.text.slice(spot);
      this.change(before + "{{ ", after);
      this.$nextTick(() => this.$nextTick(() => { this.look(); this.offered = { before, after }; }));
    },
    toggleFaces() {
      this.faces = !this.faces;
      if (this.faces) { this.put(this.$refs.face); this.$nextTick(() => this.$refs.faceSearch.focus()); }
    },
    closeFaces() { this.faces = false; this.$refs.box.focus(); },
    insertFace(face) {
      const box = this.$refs.box, spot = box.selectionStart ?? this.text.length;
      this.faces = false;
      this.change(this.text.slice(0, spot) + face, this.text.slice(spot));
    },
    outside(event) { if (this.faces && !this.$refs.facesBox.contains(event.target) && !this.$el.contains(event.target)) this.faces = false; },
  },
};
