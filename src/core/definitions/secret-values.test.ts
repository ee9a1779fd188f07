import { Refusal } from '../../../protocol/errors';
import { processKey, ProcessName, WorkerId } from '../../../protocol/ids';
import { ProcessSpec } from '../../../protocol/process-spec';
import { MASK } from '../../../protocol/secret-names';
import { sealedRefusal, withSecretValues } from './secret-values';

const KEY = processKey(WorkerId.parse('w'), ProcessName.parse('p'));
const spec = (env: Record<string, string>, secrets: string[] = []): ProcessSpec =>
  ProcessSpec.parse({ name: 'p', command: 'true', env, secrets });
const asked = (
  now: ProcessSpec,
  known: ProcessSpec | null,
  secretNames: string[] = [],
): Record<string, string> | string => {
  const valued = withSecretValues(now, known, { secretNames }, KEY);
  return valued instanceof Refusal ? valued.message : valued.env;
};

it('keeps what is masked, takes what is given, and drops what is left out', () => {
  const known = spec({ API_KEY: 'a', DSN: 'd', OLD_TOKEN: 'o' }, ['DSN']);
  expect(asked(spec({ API_KEY: MASK, DSN: 'new' }, ['DSN']), known)).toEqual({ API_KEY: 'a', DSN: 'new' });
});

it('is a value like any other where nothing is secret', () => {
  expect(asked(spec({ STARS: MASK }), spec({ STARS: '*' }))).toEqual({ STARS: MASK });
});

it('marks an ordinary variable with its value kept', () => {
  expect(asked(spec({ DSN: MASK }, ['DSN']), spec({ DSN: 'd' }))).toEqual({ DSN: 'd' });
});

it.each<[string, ProcessSpec, ProcessSpec | null, RegExp]>([
  ['of a new process', spec({ API_KEY: MASK }), null, /^API_KEY of w\/p is \*+, which keeps .* it has none/],
  ['of a new variable', spec({ API_KEY: MASK }), spec({}), /it has none; give its value$/],
  ['that is to be no secret any more', spec({ DSN: MASK }), spec({ DSN: 'd' }, ['DSN']), /one no more/],
  ['that is sealed text', spec({ API_KEY: 'sealed:v1:AAAA' }), null, /is the sealed text of a disk and no value/],
])('is refused by its name: a mask %s', (_, now, known, sentence) => expect(asked(now, known)).toMatch(sentence));

it('lists what the configuration calls secret', () => {
  const valued = withSecretValues(spec({ MAIN_DSN: 'd', PORT: '1' }), null, { secretNames: ['*_DSN'] }, KEY);
  expect(valued).toMatchObject({ secrets: ['MAIN_DSN'] });
});

it('sends no launcher a value that could not be opened', () => {
  const after = spec({ API_KEY: 'sealed:v1:AAAA' });
  const planned = { key: KEY, worker: WorkerId.parse('w'), name: after.name, before: null, fields: [], entry: 3 };
  expect(sealedRefusal([{ ...planned, action: 'keep', after }])).toBeNull();
  expect(sealedRefusal([{ ...planned, action: 'change', after }])).toMatchObject({
    details: { entry: 3, path: ['env', 'API_KEY'] },
  });
});
