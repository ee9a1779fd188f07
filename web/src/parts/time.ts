/** Clock times in the reader's language and time zone. */
const SECONDS = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const SHAPES = {
  clock: SECONDS,
  full: { ...SECONDS, year: 'numeric', month: '2-digit', day: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { month: 'short', day: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than using it a thousand times. */
function format(locale: string, shape: keyof typeof SHAPES): Intl.DateTimeFormat {
  const key = `${locale} ${shape}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, SHAPES[shape]);
  formats.set(key, made);
  return made;
}

/** `10:41:07` */
export const clockTime = (ms: number, locale: string): string => format(locale, 'clock').format(ms);
/** With the date. */
export const fullTime = (ms: number, locale: string): string => format(locale, 'full').format(ms);
/** `10:41` */
export const minuteOf = (ms: number, locale: string): string => format(locale, 'minute').format(ms);
/** `Nov 21` */
export const dayOf = (ms: number, locale: string): string => format(locale, 'day').format(ms);
