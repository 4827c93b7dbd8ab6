// What all fields of a page share: variables, filters, names, emoji, words. One copy for the page, not one for each field.
export default {
  template: `<span hidden></span>`,
  props: { book: Object },
  created() {
    window.tramaBook = { ...window.tramaBook, ...this.book };
  },
  watch: {
    book(now) {
      window.tramaBook = { ...window.tramaBook, ...now };
    },
  },
};
