/** The answer to one ask: null = good, else a clause that says what is wrong. */
export type Trouble = string | null;

/** It could not be asked, so nothing is known: neither good nor bad. */
export const NOT_ASKED = Symbol('not asked');

/** Asks once. Aborted, it lets go of everything and its answer counts no more. */
export type Ask = (signal: AbortSignal) => Promise<Trouble | typeof NOT_ASKED>;

const EVIDENCE_CHARS_MAX = 300;

/** A piece of a program's output, fit for a sentence: its end, on one line, without control characters. */
export function shown(output: string): string {
  const text = visible(output)
    .replace(/[\x00-\x1f\x7f\s]+/g, ' ')
    .trim();
  return text.length > EVIDENCE_CHARS_MAX ? `...${text.slice(-EVIDENCE_CHARS_MAX)}` : text;
}

/** Without colours and other CSI sequences: what a person at a terminal sees. */
export const visible = (line: string): string =>
  line.includes('\x1b') ? line.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, '') : line;
