/** A disk with less room than a journal needs that is made shorter: it stays as it is, and nothing of it is lost. */
import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AttemptJournal, readAttemptJournal } from '../../launcher/jobs/attempt-journal';
import { TaskJournal } from '../../launcher/local-jobs/task-journal';
import type { AttemptEntry } from '../../launcher/core/jobs/attempt-rows';
import { AttemptId } from '../../protocol/jobs';
import { useWorld } from '../harness/world';
import { canMount, smallDisk } from './small-disk';

const world = useWorld();
if (!canMount) console.warn('SKIPPED: a nearly full disk: mounting a small filesystem needs root');
const onSmallDisk = canMount ? test : test.skip;

const LEFT_BYTES = 600 * 1024;
const COUNT = 1_500;
const LONG = 'x'.repeat(900);

const ended = (index: number): AttemptEntry => ({
  kind: 'ended',
  attempt: AttemptId.parse(`j${index}.1`),
  end: { run: null, outcome: 'completed', why: LONG, exit: null, certificate: null, outputBytes: 0 },
});

/** But for that much. @returns how to set it right */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  const fd = openSync(ballast, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    closeSync(fd);
  }
  truncateSync(ballast, statSync(ballast).size - LEFT_BYTES);
  return () => rmSync(ballast);
}

onSmallDisk('the journal of attempts keeps every line, and is written on', async () => {
  const disk = smallDisk(world, 16);
  const file = join(disk, 'attempts.jsonl');
  const rows = Array.from({ length: COUNT }, (_, index) => ended(index));
  const said: string[] = [];
  const journal = new AttemptJournal(
    file,
    () => rows,
    (_level, sentence) => said.push(sentence),
  );
  for (const row of rows) journal.append(row);
  // What is over by now: it makes the journal so long that it is begun anew.
  for (let more = 0; more < 2 * COUNT; more++) journal.append(ended(COUNT));
  const empty = fill(disk);
  await journal.durable();
  journal.append(ended(COUNT + 1));
  await journal.durable();
  journal.close();
  empty();
  const attempts = new Set(readAttemptJournal(file).map((entry) => ('attempt' in entry ? entry.attempt : '')));
  expect(attempts.size).toBe(COUNT + 2);
  expect(said).toEqual(['the journal of jobs could not be made shorter: the disk is full']);
});

onSmallDisk('the book of local tasks that cannot be begun anew stays what it was', () => {
  const disk = smallDisk(world, 16);
  const journal = new TaskJournal(join(disk, 'tasks.jsonl'));
  const lines = Array.from({ length: COUNT }, (_, task) => ({ task, why: LONG }));
  for (const line of lines.slice(0, 20)) journal.append(line);
  const empty = fill(disk);
  expect(() => journal.rewrite(lines)).toThrow('the disk is full');
  expect(journal.load()).toEqual({ lines: lines.slice(0, 20), unreadable: 0 });
  empty();
  journal.close();
});
