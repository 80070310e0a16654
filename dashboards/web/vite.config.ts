import { defineConfig } from 'vite'

/** The page as files beside the compiled program; the style and scripts are files too, so that no inline one must be allowed. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
})
