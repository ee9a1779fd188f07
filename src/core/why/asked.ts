/**
 * Who asked, read from a launcher's sentence: `stopped by operator 10.0.0.7: disk swap`. The wire gives the author as a
 * part of the sentence and nowhere else, because a stop by `--stop-all` on the machine itself is no command of ours.
 */
export interface Asked {
  readonly did: 'started' | 'stopped' | 'restarted' | 'killed' | 'enabled' | 'disabled' | 'superseded';
  readonly by: string;
}

const SENTENCE = /^(started|stopped|restarted|killed|enabled|disabled|superseded) by (.+?)(?:: .*|, until .*|; .*)?$/s;

/** Null = nobody asked: it came about by itself. */
export function askedIn(why: string): Asked | null {
  const parts = SENTENCE.exec(why);
  return parts === null ? null : { did: parts[1] as Asked['did'], by: parts[2] ?? '' };
}
