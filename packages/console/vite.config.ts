import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The server whose operations `vite dev` shows; the default is where `npm start` listens. */
const server = process.env.WEIR_URL ?? 'http://localhost:3000'

export default defineConfig({
  // Found from wherever the console is served.
  base: './',
  plugins: [svelte()],
  server: { proxy: { '/ops': server } },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})
