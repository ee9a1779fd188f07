import { JobWord } from '../../protocol/link';
import { ProcessSpec } from '../../protocol/process-spec';
import { JobWords } from './job-words';

const said = (spec: object): object => ({
  kind: 'run',
  attempt: 'j_1.1',
  job: 'j_1',
  epoch: 1,
  spec,
  trustMs: 60_000,
  runMs: null,
  silenceMs: null,
  progress: null,
});
const plain = ProcessSpec.parse({ name: 'job.j_1.1', role: 'job', command: ['true'] });
const messages = [
  said(plain),
  said({ ...plain, name: 'job.j_2.1', command: 'echo here', env: { A: 'b' } }),
  said({ ...plain, umask: 0o22 }),
  said({ name: 'short', command: 'true' }),
  said({ name: 'short2', command: 'true', env: { B: 'c' }, fromTheFuture: 1 }),
  said({ ...plain, command: [] }),
  said({ ...plain, env: { 'no=name': 'x' } }),
  said({ ...plain, umask: -1 }),
  said({ ...plain, name: undefined }),
  { ...said(plain), trustMs: -1 },
  { ...said(plain), spec: null },
  { kind: 'forget', attempt: 'j_1.1' },
  { kind: 'stop', attempt: 'j_1.1', outcome: 'cancelled', by: 'ana', why: '' },
  null,
];

test('a word is read as it would be alone, whatever was read before it', () => {
  const words = new JobWords();
  for (const message of [...messages, ...messages.toReversed()]) {
    const expected = JobWord.safeParse(message);
    const read = words.read(message);
    expect(read.success).toBe(expected.success);
    expect(read.data).toEqual(expected.data);
    expect(read.error?.issues[0]?.message).toBe(expected.error?.issues[0]?.message);
  }
});

test('what one word is changed in afterwards is not in the next', () => {
  const words = new JobWords();
  const [first, second] = [words.read(said(plain)), words.read(said(plain))].map(({ data }) => data);
  if (first?.kind !== 'run' || second?.kind !== 'run') throw new Error('not read');
  first.spec.env['LATER'] = 'x';
  expect(second.spec.env).toEqual({});
});
