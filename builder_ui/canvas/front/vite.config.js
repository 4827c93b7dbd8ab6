// An ordinary build, not `build.lib`, which keeps white space. `vue` stays outside: the page's import map gives every
// component the same Vue, and a second one breaks reactivity without a word.
import { defineConfig } from "vite";

export default defineConfig({
  define: { "process.env.NODE_ENV": '"production"', __VUE_PROD_DEVTOOLS__: "false" },
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: "dist",
    copyPublicDir: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: "src/index.js",
      external: ["vue"],
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: "trama_canvas.js", codeSplitting: false },
    },
  },
});
