/** How loud something is: the colours are the styles' own. */
export type Tone = 'good' | 'calm' | 'moving' | 'warn' | 'bad' | 'lost';
