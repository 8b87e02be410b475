/** Lines of 16 × 16 pictures. */
export const icons = {
  overview: 'M2 2.5h5v5H2zM9 2.5h5v3H9zM9 7.5h5v6H9zM2 9.5h5v4H2z',
  streams: 'M2 4h12M2 8h8M2 12h10',
  tail: 'M8 3v7M5 7.5 8 10.5l3-3M3 13.5h10',
  projections: 'M8 1.8 14 5 8 8.2 2 5zM2 8l6 3.2L14 8M2 11l6 3.2 6-3.2',
  policies: 'M3 3v4.5A2.5 2.5 0 0 0 5.5 10H13M10 6.8 13.2 10 10 13.2',
  timers: 'M8 4.5V8l2.3 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z',
  letters: 'M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5 6.5 12 13 4.5',
  key: 'M6 10.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM9 8l5 5M11.5 10.5 13 9',
  light: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  dark: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  graph: 'M2 6.5h3.5v3H2zM10.5 2H14v3h-3.5zM10.5 11H14v3h-3.5zM5.5 8H8V3.5h2.5M8 8v4.5h2.5',
  back: 'M10 3 5 8l5 5',
  forward: 'M6 3l5 5-5 5',
  leave: 'M6 2.5H3v11h3M10 5l3 3-3 3M13 8H6.5',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5v3.5M8 11.8v.2',
} as const

export type IconName = keyof typeof icons
