/** A document for plan and apply: read, checked, and its mistakes told by file and line before the manager is asked. */
import { readFileSync } from 'node:fs';
import type { YamlSource } from '../../protocol/yaml-source';
import { sentenceOf } from '../../protocol/sentence-of';
import { CliError, EXIT } from './exit';

export interface SetFile {
  readonly file: string;
  /** As written; the manager reads it by the same rules. */
  readonly document: unknown;
  /** The manager's refusal of one entry, at the line where the entry is written. */
  placed(error: unknown): unknown;
}

/** @param file `-` = stdin */
export async function readSetFile(file: string): Promise<SetFile> {
  // Loaded when asked for: the YAML reader and the schemas are most of the program.
  const [{ SetDocument }, { documentProblems, problemText }, { readYaml, YamlSyntaxError }] = await Promise.all([
    import('../../protocol/process-document'),
    import('../../protocol/document-problems'),
    import('../../protocol/yaml-source'),
  ]);
  const name = file === '-' ? 'stdin' : file;
  let source: YamlSource;
  try {
    source = readYaml(textOf(file));
  } catch (error) {
    if (error instanceof YamlSyntaxError)
      throw new CliError(EXIT.usage, `${name}:${error.line}:${error.column}: ${error.reason}`);
    throw error;
  }
  const parsed = SetDocument.safeParse(source.value);
  if (!parsed.success) {
    const problems = documentProblems(parsed.error, SetDocument, source.value, source);
    throw new CliError(EXIT.usage, problems.map((problem) => problemText(name, problem)).join('\n'));
  }
  return { file: name, document: source.value, placed: (error) => placed(error, name, source) };
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(EXIT.usage, `${file} cannot be read: ${sentenceOf(error)}`);
  }
}

function placed(error: unknown, name: string, source: YamlSource): unknown {
  if (!(error instanceof CliError) || typeof error.details.entry !== 'number') return error;
  const { entry, path } = error.details;
  const inside = Array.isArray(path) ? (path as string[]) : [];
  const { line, column } = source.placeOf(['processes', entry, ...inside]);
  return new CliError(error.exit, `${name}:${line}:${column}: ${error.message}`, error.code, error.details);
}
