/** Colour, where somebody sees it. Nothing is said by colour alone: each state is also its word. */
export const COLOURS = { red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36, dim: 2, bold: 1 } as const;
export type Colour = keyof typeof COLOURS;
export type Paint = (text: string, colour: Colour | null) => string;

export const plain: Paint = (text) => text;
export const ansi: Paint = (text, colour) =>
  colour === null || text === '' ? text : `\x1b[${COLOURS[colour]}m${text}\x1b[0m`;
