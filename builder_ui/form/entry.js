// Short values: number, money, duration, date, time, CPF, choice, yes or no. Shows them as people write them here, sends
// them as the documents hold them. What cannot be read is sent as it was typed, so that nothing is lost.
const PAUSE = 400;
const UNITS = [1, 60, 1440];

export default {
  template: `
<div class="tf-entry" :class="['is-' + kind, { invalid, off: disabled }]">
  <select v-if="kind === 'select'" class="tf-box" :id="inputId" :value="chosen" :disabled="disabled" :aria-label="label || null"
    :aria-describedby="described || null" :aria-invalid="invalid ? 'true' : null" @change="choose($event.target.value)">
    <option v-if="chosen === '?'" value="?">{{ String(value ?? '') }}</option>
    <option v-for="(one, n) in options" :key="n" :value="String(n)">{{ one.label }}</option>
  </select>
  <label v-else-if="kind === 'check'" class="tf-check"><input type="checkbox" :id="inputId" :checked="!!now" :disabled="disabled"
    :aria-describedby="described || null" @change="give($event.target.checked)" /><span>{{ label }}</span></label>
  <template v-else>
    <span v-if="kind === 'money'" class="tf-prefix" aria-hidden="true">R$</span>
    <input class="tf-box" :id="inputId" :type="native" :inputmode="mode" :value="text" :placeholder="placeholder" :disabled="disabled"
      :aria-label="label || null" :aria-describedby="described || null" :aria-invalid="invalid ? 'true' : null" autocomplete="off"
      @input="typed" @blur="flush" @keydown.enter="flush" />
    <select v-if="kind === 'duration'" class="tf-box tf-unit" :value="String(unit)" :disabled="disabled" :aria-label="unitLabel"
      @change="turn(Number($event.target.value))"><option v-for="(one, n) in units" :key="n" :value="String(n)">{{ one }}</option></select>
  </template>
</div>`,
  props: {
    autofocus: Boolean, kind: String, value: {}, options: Array, placeholder: String, label: String, disabled: Boolean, invalid: Boolean, described: String,
    inputId: String, units: Array, unitLabel: String,
  },
  emits: ["edit"],
  data() { return { now: this.value, text: "", dirty: false, unit: 0 }; },
  computed: {
    native() { return this.kind === "date" || this.kind === "time" ? this.kind : "text"; },
    mode() { return { number: "decimal", money: "decimal", duration: "numeric", cpf: "numeric" }[this.kind] || null; },
    chosen() {
      const at = (this.options || []).findIndex((one) => JSON.stringify(one.value) === JSON.stringify(this.now ?? null));
      return at < 0 ? "?" : String(at);
    },
  },
  watch: { value(now) { if (!this.dirty) { this.now = now; this.show(); } }, kind() { this.show(); } },
  created() { this.show(); },
  // who reloads in the middle of a word finds it again
  mounted() { window.addEventListener("beforeunload", this.flush); if (this.autofocus) { const box = this.$el.querySelector('.tf-box'); if (box) box.focus(); } },
  beforeUnmount() { window.removeEventListener("beforeunload", this.flush); this.flush(); },
  methods: {
    show() {
      const value = this.now;
      if (value === null || value === undefined) { this.text = ""; return; }
      if (this.kind === "money" && Number.isInteger(value)) {
        this.text = (value / 100).toLocaleString("pt-BR", { minimumFractionDigits: 2 });
      } else if (this.kind === "number" && typeof value === "number") this.text = String(value).replace(".", document.documentElement.lang === "en" ? "." : ",");
      else if (this.kind === "duration" && Number.isInteger(value)) {
        this.unit = value && value % 1440 === 0 ? 2 : value && value % 60 === 0 ? 1 : 0;
        this.text = String(value / UNITS[this.unit]);
      } else if (this.kind === "cpf") this.text = this.masked(String(value));
      else this.text = String(value);
    },
    masked(text) {
      const d = text.replace(/\D/g, "").slice(0, 11);
      return [d.slice(0, 3), d.slice(3, 6), d.slice(6, 9)].filter(Boolean).join(".") + (d.length > 9 ? "-" + d.slice(9) : "");
    },
    typed(event) {
      this.text = this.kind === "cpf" ? this.masked(event.target.value) : event.target.value;
      if (this.kind === "cpf") event.target.value = this.text;
      this.dirty = true;
      clearTimeout(this.pause);
      this.pause = setTimeout(this.flush, PAUSE);
    },
    flush() {
      clearTimeout(this.pause);
      if (!this.dirty) return;
      this.dirty = false;
      this.now = this.read();
      this.$emit("edit", this.now);
    },
    read() {
      const text = this.text.trim();
      if (text === "") return null;
      switch (this.kind) {
        case "money": case "number": {
          const comma = text.includes(",");
          const plain = comma ? text.replace(/\./g, "").replace(",", ".") : /^-?\d{1,3}(\.\d{3})+$/.test(text) && this.kind === "money" ? text.replace(/\./g, "") : text;
          if (!/^-?\d+(\.\d+)?$/.test(plain)) return text;
          return this.kind === "money" ? Math.round(Number(plain) * 100) : Number(plain);
        }
        case "duration": return /^\d+$/.test(text) ? Number(text) * UNITS[this.unit] : text;
        case "cpf": return text.replace(/\D/g, "");
      }
      return text;
    },
    turn(unit) { this.unit = unit; this.dirty = true; this.flush(); },
    choose(at) { if (at !== "?") this.give(this.options[Number(at)].value); },
    give(value) { this.now = value; this.$emit("edit", value); },
  },
};
