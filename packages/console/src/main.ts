import './app.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { session } from './session/session.svelte.ts'

const target = document.getElementById('console')
if (!target) throw new Error('The page has no place for the console')
mount(App, { target })
await session.resume()
