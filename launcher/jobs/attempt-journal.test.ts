import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttemptId } from '../../protocol/jobs';
import { apply, entriesOf, noRows, type AttemptEntry } from '../core/jobs/attempt-rows';
import { AttemptJournal, readAttemptJournal } from './attempt-journal';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'procguard-journal-'));
  file = join(directory, 'attempts.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true }));

const ended = (attempt: string, why = 'exit code 0'): AttemptEntry => ({
  kind: 'ended',
  attempt: AttemptId.parse(attempt),
  end: { run: null, outcome: 'completed', why, exit: null, certificate: null, outputBytes: 0 },
});
const read = (): string[] => readAttemptJournal(file).map((entry) => ('attempt' in entry ? entry.attempt : ''));

test('what was cut short does not exist, and the next line begins on its own', () => {
  const first = new AttemptJournal(
    file,
    () => [],
    () => {},
  );
  first.append(ended('a.1'));
  first.close();
  appendFileSync(file, '{"kind":"ended","attempt":"b.1","en');
  expect(read()).toEqual(['a.1']);
  const second = new AttemptJournal(
    file,
    () => [],
    () => {},
  );
  second.append(ended('c.1'));
  second.close();
  expect(read()).toEqual(['a.1', 'c.1']);
});

test('everybody who waits is served, by as few flushes as there are', async () => {
  const journal = new AttemptJournal(
    file,
    () => [],
    () => {},
  );
  await journal.durable(); // nothing was ever written
  const waits = Array.from({ length: 100 }, (_, i) => {
    journal.append(ended(`j.${i}`));
    return journal.durable();
  });
  await Promise.all(waits);
  expect(read()).toHaveLength(100);
  journal.close();
});

test('grown long, it is written anew with what still counts, and goes on', async () => {
  const rows = noRows();
  const journal = new AttemptJournal(
    file,
    () => entriesOf(rows),
    () => {},
  );
  const note = (entry: AttemptEntry): void => {
    apply(rows, entry);
    journal.append(entry);
  };
  note(ended('kept.1'));
  const why = 'x'.repeat(100_000);
  for (let i = 0; i < 50; i++) {
    note(ended(`j.${i}`, why));
    note({ kind: 'forgotten', attempt: AttemptId.parse(`j.${i}`) });
  }
  expect(statSync(file).size).toBeGreaterThan(4_000_000);
  await journal.durable();
  expect(statSync(file).size).toBeLessThan(1_000);
  note(ended('next.1'));
  await journal.durable();
  journal.close();
  expect(read()).toEqual(['kept.1', 'next.1']);
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(5);
});
