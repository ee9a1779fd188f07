/** The page's line icons: 16 by 16, drawn with the text's colour. Decoration only; the control carries the label. */
const PATHS = {
  start: 'M5 3.2v9.6l7.5-4.8z',
  stop: 'M4 4h8v8H4z',
  restart: 'M12.8 6.2A5.2 5.2 0 1 0 13 9.2M13 2.8v3.6H9.4',
  kill: 'M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  disable: 'M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4zM4.1 4.1l7.8 7.8',
  edit: 'M3 13l.7-3L10.6 3l2.4 2.4-6.9 6.9zM9.2 4.4l2.4 2.4',
  back: 'M10 3.8 5.8 8 10 12.2',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  log: 'M3 4h10M3 8h10M3 12h6',
  chevron: 'M6 3.8 10.2 8 6 12.2',
  search: 'M7.2 11.9a4.7 4.7 0 1 0 0-9.4 4.7 4.7 0 0 0 0 9.4zM10.7 10.7 13.6 13.6',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.8 5.8h7.4v7.4H5.8zM10.2 5.8V2.8H2.8v7.4h3',
  theme: 'M8 2.2a5.8 5.8 0 1 0 0 11.6zM8 2.2a5.8 5.8 0 0 1 0 11.6',
  language: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM2.2 8h11.6M8 2.2c-4 4-4 7.6 0 11.6 4-4 4-7.6 0-11.6z',
  keys: 'M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5.5 9.3h5',
  download: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.2h10',
  wrap: 'M2.5 4h11M2.5 8h8.3a2.2 2.2 0 0 1 0 4.4H8M9.8 10.6 8 12.4l1.8 1.8M2.5 12.4h2.7',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  down: 'M8 3v9.5M4.2 8.8 8 12.6l3.8-3.8',
  up: 'M8 13V3.5M4.2 7.2 8 3.4l3.8 3.8',
  check: 'M3.2 8.4 6.6 11.8 12.8 4.8',
  plus: 'M8 3.2v9.6M3.2 8h9.6',
  person: 'M8 8.2a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.8 13.6a5.3 5.3 0 0 1 10.4 0',
  leave: 'M6.5 2.8H3v10.4h3.5M6.5 8h7M10.5 5l3 3-3 3',
  token: 'M5.2 12.8a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM7.2 8.2 13 2.6M10.8 4.8l1.8 1.8',
  shield: 'M8 2.2 13 4v4.2c0 2.8-2 4.8-5 5.8-3-1-5-3-5-5.8V4z',
  settings:
    'M3 4.5h6M12 4.5h1M3 11.5h1M7 11.5h6M10.5 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5.5 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
} as const;
export type IconName = keyof typeof PATHS;
const FILLED: ReadonlySet<IconName> = new Set(['start', 'stop']);

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" data-filled={FILLED.has(name) || undefined}>
      <path d={PATHS[name]} />
    </svg>
  );
}
