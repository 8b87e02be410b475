import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The server whose applications `vite dev` shows; the default is where `npm start` listens. */
const server = process.env.WEIR_URL ?? 'http://localhost:3000'

const applications = ['helpdesk', 'inventory', 'box-office', 'coffee']

export default defineConfig({
  // Found from wherever the pages are served.
  base: './',
  plugins: [svelte()],
  resolve: { conditions: ['@weir/source', 'svelte', 'browser', 'module', 'import', 'default'] },
  server: { proxy: Object.fromEntries(applications.map((name) => [`/${name}/`, server])) },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})
