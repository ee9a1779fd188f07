/** Files of YAML that this machine's owner writes for its launcher: read, with every mistake at its line and column. */
import { readFileSync } from 'node:fs';
import { problemText, type DocumentProblem } from '../protocol/document-problems';
import { readYaml, YamlSyntaxError, type YamlSource } from '../protocol/yaml-source';

/** The file cannot be used. One line for each mistake, place first. */
export class OwnFileError extends Error {}

/** @throws OwnFileError */
export function readOwnFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OwnFileError(`${file}: cannot be read: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}

/** @throws OwnFileError */
export function sourceOf(text: string, file: string): YamlSource {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const { line, column, reason } = error;
    throw mistakes(file, [{ line, column, key: '', sentence: reason }]);
  }
}

export const mistakes = (file: string, problems: readonly DocumentProblem[]): OwnFileError =>
  new OwnFileError(problems.map((problem) => problemText(file, problem)).join('\n'));
