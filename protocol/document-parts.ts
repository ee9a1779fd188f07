/** What documents that people write are made of. */
import { z } from 'zod';

export const Text = z.string().min(1);
/** One or several. */
export const listOf = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one)]) as z.ZodType<z.output<T>[]>;

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the keys that were not written: each default stands in one place, the specification. */
export const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** The same; undefined where nothing was written. */
export function some<T extends object>(values: T): Given<T> | undefined {
  const said = given(values);
  return Object.keys(said).length === 0 ? undefined : said;
}
