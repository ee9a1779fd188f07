/**
 * Sprints that a killed launcher left: each is made a run like every other, with a record and a place among the runs, before
 * the keepers look at the disk. They adopt it, whether it lives or is over, and nothing else need know of sprints.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { moveOutput } from '../output/account';
import { begunBefore, livingRun, newcomer } from '../core/supervisor-state';
import type { AttemptRow } from '../core/jobs/attempt-rows';
import type { DataDirectory } from '../store/data-directory';
import { discard } from '../store/discard';
import { firstRecord, loadRecord, RecordJournal } from '../store/process-record';
import { sprintOutputFile } from './sprint-outputs';

/** @throws where the disk refuses: nothing may begin that would not know of them */
export function keepLeftSprints(data: DataDirectory, rows: readonly AttemptRow[], nowMs: number): void {
  for (const row of rows) keepLeft(data, row, nowMs);
  // What is left are places of nobody.
  discard(data.sprints);
}

function keepLeft(data: DataDirectory, { sprint, end }: AttemptRow, nowMs: number): void {
  // Of one that is over the place may be another's.
  if (sprint === null || end !== null || !existsSync(sprint.place)) return;
  const { spec, run, place } = sprint;
  const directory = data.processDirectory(spec.name);
  const record = loadRecord(directory.recordFile);
  // It was born like every other after all.
  if (record !== null && livingRun(record.supervised) !== run) return;
  if (record === null) {
    directory.create();
    const journal = new RecordJournal(directory.recordFile);
    journal.append(firstRecord(begunBefore(newcomer(spec, nowMs), run, nowMs), 'manager'), false);
    journal.close();
  }
  // Taken away already, by a launcher that was killed before it had written down the end.
  moveOutput(sprintOutputFile(data.sprintOutputs, { process: spec.name, run }), join(place, 'output'));
  mkdirSync(join(directory.path, 'runs'), { recursive: true });
  renameSync(place, directory.runDirectory(run).path);
}
