/** `procguard templates`: the named jobs there are, or one in full. */
import type { Command } from 'commander';
import yaml from 'js-yaml';
import type { TemplateRow, TemplatesReply, TemplateView } from '../../../protocol/jobs-http';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';
import { renderTable, type Column } from '../print/table';

export const addTemplates = (program: Command): Command =>
  program
    .command('templates [name]')
    .description('named jobs with their parameters; with a name: that one in full')
    .addHelpText(
      'after',
      `
Examples:
  procguard templates
  procguard templates train
  procguard submit --template train --set epochs=5`,
    )
    .action(act((context: Context, name: string | undefined) => templates(context, name)));

const templates = (context: Context, name: string | undefined): Promise<Exit> =>
  name === undefined ? list(context) : one(context, name);

const COLUMNS: readonly Column[] = [{ title: 'TEMPLATE' }, { title: 'PARAMETERS' }, { title: 'WHAT', isRest: true }];

async function list({ client, format, print, note, width, paint }: Context): Promise<Exit> {
  const { templates: rows } = await client.get<TemplatesReply>('/api/jobs/templates');
  if (format === 'json') print([JSON.stringify(rows, null, 2)]);
  else if (format === 'jsonl') print(rows.map((row) => JSON.stringify(row)));
  else if (format === 'name') print(rows.map(({ name }) => name));
  else if (rows.length === 0) note('No named job: put one into the manager’s jobs.templates_dir, as NAME.yaml');
  else
    print(
      renderTable(
        COLUMNS,
        rows.map((row) => [row.name, parametersText(row), whatText(row)]),
        width,
        paint,
      ),
    );
  return EXIT.ok;
}

/** `data= epochs=3`: without a value it must be given. */
const parametersText = ({ parameters }: TemplateRow): string =>
  Object.entries(parameters)
    .map(([name, usual]) => `${name}=${usual ?? ''}`)
    .join(' ') || '-';

const whatText = ({ description, problem }: TemplateRow): { text: string; colour: 'red' | null } => ({
  text: problem ?? description ?? '',
  colour: problem === null ? null : 'red',
});

async function one({ client, format, print }: Context, name: string): Promise<Exit> {
  const view = await client.get<TemplateView>(`/api/jobs/templates/${encodeURIComponent(name)}`);
  if (format === 'json') print([JSON.stringify(view, null, 2)]);
  else if (format === 'jsonl') print([JSON.stringify(view)]);
  else if (format === 'name') print([view.name]);
  else {
    const { description, parameters, job, config } = view;
    const document = {
      ...(description !== null && { description }),
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...job,
      ...(Object.keys(config).length > 0 && { config }),
    };
    print([`# ${view.name}`, ...yaml.dump(document, { lineWidth: -1 }).trimEnd().split('\n')]);
  }
  return EXIT.ok;
}
