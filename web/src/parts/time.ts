/** Clock times in the reader's language and time zone. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, full: boolean): Intl.DateTimeFormat {
  const key = `${locale} ${full}`;
  let made = formats.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(full && { year: 'numeric', month: '2-digit', day: '2-digit' }),
    });
    formats.set(key, made);
  }
  return made;
}

/** `10:41:07` */
export const clockTime = (ms: number, locale: string): string => format(locale, false).format(ms);
/** With the date. */
export const fullTime = (ms: number, locale: string): string => format(locale, true).format(ms);
