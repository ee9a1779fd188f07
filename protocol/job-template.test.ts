import { jobSpecOf } from './job-document';
import { fromTemplate, JobTemplate } from './job-template';

const template = (more: object = {}) =>
  JobTemplate.parse({
    description: 'a try',
    parameters: { epochs: 3, data: null },
    command: 'python train.py --epochs {epochs} --data {data} --keep {braces}',
    env: { EPOCHS: '{epochs}' },
    needs: { labels: { team: 'nlp' } },
    config: { '--num_train_epochs': '{epochs}', '--data': 'in {data}' },
    ...more,
  });
const made = (asked: Parameters<typeof fromTemplate>[1], more: object = {}) => {
  const instance = fromTemplate(template(more), asked);
  if (typeof instance === 'string') throw new Error(instance);
  return { ...instance, spec: jobSpecOf(instance.job, 0) };
};

test('parameters stand where they are named: in a shell quoted, in a config with their type', () => {
  const { spec, config } = made({ parameters: { data: `a 'b'; rm -rf /` } });
  expect(spec.command).toBe(`python train.py --epochs 3 --data 'a '\\''b'\\''; rm -rf /' --keep {braces}`);
  expect(spec.env).toEqual({ EPOCHS: '3' });
  expect(config).toEqual({ '--num_train_epochs': 3, '--data': `in a 'b'; rm -rf /` });
});

test('a command as a list takes each value as one argument', () => {
  const command = ['python', '--epochs', '{epochs}', '{data}'];
  expect(made({ parameters: { data: 'a b' } }, { command }).spec.command).toEqual(['python', '--epochs', '3', 'a b']);
});

test('words are laid over: maps key by key, the rest in place', () => {
  const words = { needs: { target: 'worker', labels: { zone: 'us-*' } }, priority: 1 };
  const { spec, said } = made({ parameters: { data: 'x' }, words });
  expect(spec.needs).toMatchObject({ target: 'worker', labels: { team: 'nlp', zone: 'us-*' } });
  expect(spec.priority).toBe(1);
  expect(said.has('retries')).toBe(false);
});

test('a parameter that is missing or unknown is told', () => {
  expect(fromTemplate(template(), {})).toMatch(/data has no default/);
  expect(fromTemplate(template(), { parameters: { epoch: 1 } })).toMatch(/no parameter epoch; it has epochs, data/);
});

test('as many devices as the config has processes, unless it says how many', () => {
  const data = { parameters: { data: 'x' } };
  expect(made(data, { config: { '--num_processes': 2 } }).spec.needs.gpus.count).toBe(2);
  expect(made(data, { config: { num_processes: 2 }, needs: { gpus: 1 } }).spec.needs.gpus.count).toBe(1);
});

test('a number and a yes keep their kind however they are written, and a text stays one', () => {
  const config = { epochs: '{epochs}', version: '{version}' };
  const parameters = { epochs: 3, data: 'x', version: '1.10' };
  const given = { epochs: '5', version: 1.2 };
  expect(made({ parameters: given }, { parameters, config }).config).toEqual({ epochs: 5, version: '1.2' });
});

test('a number of devices or retries leaves what else the template says of them', () => {
  const more = { needs: { gpus: { type: 'a100*' } }, retries: { max: 2, delay: '5s' } };
  const { spec } = made({ parameters: { data: 'x' }, words: { needs: { gpus: 4 }, retries: 7 } }, more);
  expect(spec.needs.gpus).toMatchObject({ count: 4, type: 'a100*' });
  expect(spec.retry).toMatchObject({ max: 7, delayMs: 5000 });
});

test('further words come behind its own', () => {
  const words = { args: ['--lr', `1 'e'`] };
  const commandOf = (more: object) => made({ parameters: { data: 'x' }, words }, more).spec.command;
  expect(commandOf({ command: ['python', 'a.py'] })).toEqual(['python', 'a.py', '--lr', `1 'e'`]);
  expect(commandOf({ command: 'python', args: ['a.py'] })).toEqual(['python', 'a.py', '--lr', `1 'e'`]);
  expect(commandOf({ command: 'python a.py\n' })).toBe(`python a.py --lr '1 '\\''e'\\'''`);
  expect(fromTemplate(template({ command: 'a\nb' }), { parameters: { data: 'x' }, words })).toMatch(/several lines/);
});

test('a parameter in a further word is one word, whatever its value', () => {
  const asked = { parameters: { data: '$(x) y' }, words: { args: ['--data={data}'] } };
  expect(made(asked, { command: 'python a.py' }).spec.command).toBe(`python a.py --data='$(x) y'`);
});

test('between quotes of a line for the shell a value that is not plain is refused', () => {
  const command = 'echo "{data}"';
  expect(made({ parameters: { data: 'x' } }, { command }).spec.command).toBe('echo "x"');
  expect(fromTemplate(template({ command }), { parameters: { data: '$(x)' } })).toMatch(
    /\{data\} stands between quotes/,
  );
  expect(made({ parameters: { data: '$(x)' } }, { command: ['echo', '"{data}"'] }).spec.command).toEqual([
    'echo',
    '"$(x)"',
  ]);
});
