/** The shipper by itself, with a manager of a few lines: each byte goes to its own place, at a pace that it can bear. */
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { ProcessName, RunId } from '../../protocol/ids';
import type { ManagerAddress, Reply } from '../../launcher/link/manager-address';
import { OutputShipper } from '../../launcher/output/shipper';
import { Tail } from '../../launcher/output/tail';
import { RunDirectory } from '../../launcher/store/run-directory';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const RUN = RunId.parse('1700000000000abcdefghijkl');

interface Posted {
  readonly offset: number;
  readonly text: string;
}

/** A shipper of one run that wrote `text`; null = its output is gone. */
function shipperOf(text: string | null, answer: (posted: Posted) => Reply) {
  const directory = new RunDirectory(world.directory(), RUN);
  if (text !== null) writeFileSync(directory.output, text);
  const manager: ManagerAddress = {
    url: 'http://manager',
    post: (path, _type, body) => {
      const query = new URLSearchParams(path.slice(path.indexOf('?')));
      return Promise.resolve(answer({ offset: Number(query.get('offset')), text: String(body) }));
    },
    close: () => undefined,
  };
  const said: string[] = [];
  const shipper = new OutputShipper(
    manager,
    'w1',
    () => undefined,
    (_level, sentence) => said.push(sentence),
    Infinity,
  );
  world.afterwards(async () => {
    await Promise.resolve(shipper.close());
  });
  shipper.began(ProcessName.parse('api'), directory);
  return { shipper, said, file: directory.output };
}

afterEach(() => jest.restoreAllMocks());

test('what was read at one place is not sent as that of another that the manager named meanwhile', async () => {
  // It had stored the first ten, and its answer was lost.
  let stored = 'AAAAAAAAAA';
  const { shipper } = shipperOf('AAAAAAAAAABBBBBBBBBB', ({ offset, text }) => {
    const isNext = offset === stored.length;
    if (isNext) stored += text;
    return { status: isNext ? 200 : 409, body: { offset: stored.length } };
  });
  const { read } = Tail.prototype;
  jest.spyOn(Tail.prototype, 'read').mockImplementationOnce(async function (this: Tail, into) {
    const piece = await read.call(this, into);
    shipper.connected({ [RUN]: 10 });
    return piece;
  });
  shipper.connected({ [RUN]: 0 });
  shipper.complete(RUN, { stdout: 20, stderr: 0 });
  await until('all to be shipped', 30_000, () => shipper.runs.length === 0);
  expect(stored).toBe('AAAAAAAAAABBBBBBBBBB');
});

test.each([
  ['bytes', 'text'],
  ['a gap', null],
])('a manager that stands where it did and does not take %s is not asked without a pause', async (_what, text) => {
  const askedAtMs: number[] = [];
  const { shipper, said } = shipperOf(text, ({ offset }) => {
    askedAtMs.push(performance.now());
    return askedAtMs.length < 4 ? { status: 409, body: { offset } } : { status: 200, body: { offset: 4 } };
  });
  shipper.connected({ [RUN]: 0 });
  shipper.complete(RUN, { stdout: 4, stderr: 0 });
  await until('all to be shipped', 30_000, () => shipper.runs.length === 0);
  expect(askedAtMs).toHaveLength(4);
  const pausesMs = askedAtMs.slice(1).map((ms, i) => ms - (askedAtMs[i] ?? NaN));
  expect(Math.min(...pausesMs)).toBeGreaterThan(90);
  expect(said.filter((sentence) => sentence.includes('busy with an earlier piece'))).toHaveLength(1);
});

test('a file that was emptied and grew longer between two looks is seen to be another', async () => {
  let stored = '';
  const { shipper, file } = shipperOf('one\n', ({ offset, text }) => {
    const isNext = offset === stored.length;
    if (isNext) stored += text;
    return { status: isNext ? 200 : 409, body: { offset: stored.length } };
  });
  shipper.connected({ [RUN]: 0 });
  await until('the line', 30_000, () => stored === 'one\n');
  truncateSync(file);
  appendFileSync(file, 'longer than it was\n');
  await until('what is new', 30_000, () => stored.length >= 23);
  shipper.complete(RUN, { stdout: 23, stderr: 0 });
  await until('all to be shipped', 30_000, () => shipper.runs.length === 0);
  expect(stored).toBe('one\nlonger than it was\n');
});
