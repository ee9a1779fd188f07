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
  const instance = fromTemplate(template(more), asked, 0);
  if (typeof instance === 'string') throw new Error(instance);
  return instance;
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
  expect(fromTemplate(template(), {}, 0)).toMatch(/data has no default/);
  expect(fromTemplate(template(), { parameters: { epoch: 1 } }, 0)).toMatch(/no parameter epoch; it has epochs, data/);
});

test('as many devices as the config has processes, unless it says how many', () => {
  const data = { parameters: { data: 'x' } };
  expect(made(data, { config: { '--num_processes': 2 } }).spec.needs.gpus.count).toBe(2);
  expect(made(data, { config: { num_processes: 2 }, needs: { gpus: 1 } }).spec.needs.gpus.count).toBe(1);
});
