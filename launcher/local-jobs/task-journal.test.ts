import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskJournal } from './task-journal';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'procguard-test-'))));
afterEach(() => rmSync(directory, { recursive: true }));
const journal = (): TaskJournal => new TaskJournal(join(directory, 'queue', 'tasks.jsonl'));

test('what was appended is read, in its order; of nothing, nothing', () => {
  const one = journal();
  expect(one.load()).toEqual({ lines: [], unreadable: 0 });
  for (const n of [1, 2, 3]) one.append({ n });
  one.close();
  expect(journal().load()).toEqual({ lines: [{ n: 1 }, { n: 2 }, { n: 3 }], unreadable: 0 });
});

test('a line that was cut short costs itself and nothing else', () => {
  const one = journal();
  one.append({ n: 1 });
  one.close();
  appendFileSync(join(directory, 'queue', 'tasks.jsonl'), '{"n": 2');
  const next = journal();
  next.append({ n: 3 });
  next.close();
  expect(journal().load()).toEqual({ lines: [{ n: 1 }, { n: 3 }], unreadable: 1 });
});

test('long, it is rewritten with what still counts, and goes on', () => {
  const one = journal();
  while (!one.isLong) one.append({ filler: 'x'.repeat(1_000_000) });
  one.rewrite([{ n: 1 }]);
  expect(one.isLong).toBe(false);
  one.append({ n: 2 });
  one.close();
  expect(readFileSync(join(directory, 'queue', 'tasks.jsonl'), 'utf8')).toBe('{"n":1}\n{"n":2}\n');
});
