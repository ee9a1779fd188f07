import type { ProcessView } from '../../protocol/views';
import { byArrival, GatheredBeginning, type LineOf } from './log-merge';
import type { StoredLine } from './log-lines';

const view = (key: string): ProcessView => ({ key }) as ProcessView;
const line = (text: string, atMs: number | null): StoredLine => ({ run: 'r', stream: 'stdout', offset: 0, atMs, text });
const of = (key: string, ...lines: StoredLine[]): LineOf[] => lines.map((one) => ({ view: view(key), line: one }));
const texts = (lines: readonly LineOf[]): string[] => lines.map(({ line: { text } }) => text);

test('lines are in the order of their arrival, and each stream in its own', () => {
  const a = of('a', line('a1', 1000), line('gap', null), line('a2', 3000), line('a3, its clock set back', 1000));
  const b = of('b', line('b1', 1000), line('b2', 2000));
  expect(texts(byArrival([a, b]))).toEqual(['a1', 'gap', 'b1', 'b2', 'a2', 'a3, its clock set back']);
});

test('a beginning is shown when all have told theirs, the newest of each process', async () => {
  const shown: string[][] = [];
  const beginning = new GatheredBeginning(
    3,
    2,
    async (lines) => void (await Promise.resolve(shown.push(texts(lines)))),
  );
  const first = beginning.add(view('a'), [line('out 1', 1000), line('out 2', 3000)]);
  const second = beginning.add(view('a'), [line('err 1', 2000)]);
  expect(shown).toEqual([]);
  await Promise.all([first, second, beginning.add(view('b'), [line('b', 4000)])]);
  expect(shown).toEqual([['err 1', 'out 2', 'b']]);
});
