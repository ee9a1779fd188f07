/** Bodies that people write: YAML, and JSON, which is YAML too. Their mistakes are told by line. */
import type { z } from 'zod';
import { documentProblems, problemText } from '../../../protocol/document-problems';
import { Refusal } from '../../../protocol/errors';
import { LIMITS } from '../../../protocol/limits';
import { readYaml, YamlSyntaxError, type YamlSource } from '../../../protocol/yaml-source';

/** @throws Refusal bad_request, with `problems` */
export function parseDocument(schema: z.ZodType, text: string): unknown {
  const source = readDocument(text);
  const result = schema.safeParse(source.value);
  if (result.success) return result.data;
  const problems = documentProblems(result.error, schema, source.value, source);
  throw notUnderstood(problems.map((problem) => problemText('document', problem)).join('; '), { problems });
}

function readDocument(text: string): YamlSource {
  try {
    const source = readYaml(text);
    if (isLargerThan(LIMITS.documentValuesMax, source.value))
      throw notUnderstood(`it has more than ${LIMITS.documentValuesMax} values, its aliases written out`);
    return source;
  } catch (error) {
    if (error instanceof YamlSyntaxError) throw notUnderstood(error.message);
    throw error;
  }
}

/** A few lines of aliases of aliases are gigabytes, and an alias of itself is endless: counted, and given up, before anybody walks it. */
function isLargerThan(most: number, value: unknown): boolean {
  const rest = [value];
  for (let count = 0; rest.length > 0; count++) {
    if (count > most) return true;
    const next = rest.pop();
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) rest.push(inner);
  }
  return false;
}

const notUnderstood = (why: string, details: Readonly<Record<string, unknown>> = {}): Refusal =>
  new Refusal('bad_request', `the document is not understood: ${why}`, details);
