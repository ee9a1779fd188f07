/** What the schema knows about names: the keys allowed at a place, and every key that has a value of its own. */
import { z } from 'zod';
import { ConfigKeys } from './keys';
import type { KeyPath } from '../../protocol/yaml-source';

export { keyText } from '../../protocol/yaml-source';

/** The keys that a mapping at this place may have; null = it is no mapping of known keys (`env`, a text, a list). */
export function knownKeys(path: KeyPath): string[] | null {
  const schema = path.reduce<z.core.$ZodType | null>((at, step) => below(at, step), ConfigKeys);
  const object = schema === null ? null : bare(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : null;
}

/** The schema of one key; null = not a known one. */
export const schemaOf = (path: KeyPath): z.core.$ZodType | null =>
  path.reduce<z.core.$ZodType | null>((at, step) => below(at, step), ConfigKeys);

/** What a configuration that holds says under a key of LEAVES. */
export const valueAt = (path: KeyPath, keys: object): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], keys);

/** Keys with a default and a source of their own: `web.port`, `communication.adapter_config.host`, `workers`. */
export const LEAVES: readonly KeyPath[] = leavesOf(ConfigKeys, []);

function leavesOf(schema: z.core.$ZodType, path: KeyPath): KeyPath[] {
  const object = isPreprocessed(schema) ? null : bare(schema);
  if (!(object instanceof z.ZodObject)) return [path];
  return Object.entries(object.shape as Record<string, z.core.$ZodType>).flatMap(([key, inner]) =>
    leavesOf(inner, [...path, key]),
  );
}

function below(schema: z.core.$ZodType | null, step: string | number): z.core.$ZodType | null {
  const at = schema === null ? null : bare(schema);
  if (at instanceof z.ZodObject) {
    const shape = at.shape as Record<string, z.core.$ZodType>;
    return Object.hasOwn(shape, step) ? (shape[step] ?? null) : null;
  }
  if (at instanceof z.ZodArray && typeof step === 'number') return at.element;
  return null;
}

/** Without its default, its null, its preprocessing. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable)
    return bare(schema.unwrap());
  return schema instanceof z.ZodPipe ? bare(schema.out) : schema;
}

/** A threshold is one value to people, however it is written. */
function isPreprocessed(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return isPreprocessed(schema.unwrap());
  return schema instanceof z.ZodPipe;
}
