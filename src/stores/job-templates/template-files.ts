/** Named jobs in files: `<dir>/<name>.yaml`. They are few and small, and read when asked for, so there is nothing to reload. */
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { documentProblems, problemText } from '../../../protocol/document-problems';
import { nearest, Refusal } from '../../../protocol/errors';
import { JobTemplate, TemplateName } from '../../../protocol/job-template';
import { readYaml, YamlSyntaxError } from '../../../protocol/yaml-source';
import type { JobTemplates } from '../../engine/job-templates-port';

const SUFFIX = /\.(yaml|yml|json)$/;
/** Names that a refusal has room for. */
const NAMED_MAX = 20;

export class TemplateFiles implements JobTemplates {
  constructor(private readonly dir: string) {}

  async named(name: string): Promise<JobTemplate> {
    const files = await this.#files();
    // Only what is listed is opened: a name is no path.
    const file = files.find((one) => one.replace(SUFFIX, '') === name);
    if (file === undefined) throw this.#unknown(name, files);
    const allowed = TemplateName.safeParse(name);
    if (!allowed.success)
      throw new Refusal(
        'bad_request',
        `the file ${file} cannot be a job template: ${allowed.error.issues.map(({ message }) => message).join('; ')}`,
      );
    const text = await textOf(join(this.dir, file)).catch((error: NodeJS.ErrnoException) => {
      const others = files.filter((one) => one !== file);
      if (error.code === 'ENOENT') throw this.#unknown(name, others);
      // No file, or one that is not for the manager.
      throw new Refusal('bad_request', `the job template ${file} cannot be read: ${error.code ?? error.message}`);
    });
    return parsed(text, file);
  }

  async names(): Promise<string[]> {
    return namesOf(await this.#files());
  }

  async #files(): Promise<string[]> {
    const entries = await readdir(this.dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return entries.filter((entry) => SUFFIX.test(entry)).sort();
  }

  #unknown(name: string, files: readonly string[]): Refusal {
    const names = namesOf(files);
    const near = nearest(name, names);
    const hint = near.length > 0 ? `; near to it: ${near.join(', ')}` : '';
    const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
    const known = `${names.slice(0, NAMED_MAX).join(', ') || 'none'}${more}`;
    return new Refusal(
      'not_found',
      `there is no job template ${name.slice(0, 100)} in ${this.dir}${hint}; there are: ${known}`,
    );
  }
}

/** Opened without waiting: of a pipe, nobody may ever come to write. */
async function textOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no file');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

const namesOf = (files: readonly string[]): string[] => [...new Set(files.map((file) => file.replace(SUFFIX, '')))];

function parsed(text: string, file: string): JobTemplate {
  try {
    const source = readYaml(text);
    const template = JobTemplate.safeParse(source.value);
    if (template.success) return template.data;
    const problems = documentProblems(template.error, JobTemplate, source.value, source);
    throw new Refusal(
      'bad_request',
      `the job template is not understood: ${problems.map((problem) => problemText(file, problem)).join('; ')}`,
    );
  } catch (error) {
    if (error instanceof YamlSyntaxError)
      throw new Refusal('bad_request', `the job template ${file} is not understood: ${error.message}`);
    throw error;
  }
}
