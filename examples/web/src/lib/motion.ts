import type { TransitionConfig } from 'svelte/transition'

const still = matchMedia('(prefers-reduced-motion: reduce)')

/** How long something moves, in milliseconds: no time at all for who wants nothing to move. */
export function moving(milliseconds: number): { readonly duration: number } {
  return { duration: still.matches ? 0 : milliseconds }
}

/** A number that has changed drops into its place. */
export function drop(_: Element): TransitionConfig {
  return { ...moving(320), css: (t, u) => `opacity: ${t}; translate: 0 ${-0.4 * u}rem` }
}

/** What has changed lights up. */
export function light(_: Element): TransitionConfig {
  return {
    ...moving(900),
    css: (_t, u) => `background: color-mix(in oklab, var(--accent-line) ${100 * u}%, transparent)`,
  }
}
