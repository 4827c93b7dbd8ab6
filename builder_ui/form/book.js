// What all fields of a page share: variables, filters, names, emoji, words. One copy for the page, not one for each field.
// Fields hear of a new one by the event `trama-book`.
export default {
  template: `<span hidden></span>`,
  props: { book: Object },
  created() { this.put(this.book); },
  watch: { book(now) { this.put(now); } },
  methods: {
    put(book) {
      window.tramaBook = { ...window.tramaBook, ...book };
      window.dispatchEvent(new Event("trama-book"));
    },
  },
};
