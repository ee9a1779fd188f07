/** Records as earlier versions and crashes left them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessSpec } from '../../protocol/process-spec';
import { newcomer } from '../core/supervisor-state';
import { loadRecord, RecordJournal, type ProcessRecord } from './process-record';

const directory = mkdtempSync(join(tmpdir(), 'procguard-test-'));
const file = join(directory, 'record');
afterAll(() => rmSync(directory, { recursive: true }));

const record: ProcessRecord = {
  version: 1,
  origin: 'file',
  supervised: newcomer(ProcessSpec.parse({ name: 'p', command: 'x' }), 0),
  answered: [],
  superseded: false,
  forgotten: false,
};

test('the last whole line counts, whatever was cut short behind it, and the next one begins on its own', () => {
  const journal = new RecordJournal(file);
  journal.append(record, false);
  journal.close();
  writeFileSync(file, '{"version":1,"ori', { flag: 'a' });
  expect(loadRecord(file)).toEqual(record);
  const next = { ...record, superseded: true };
  journal.append(next, true);
  journal.close();
  expect(loadRecord(file)).toEqual(next);
});

test('what an earlier version ended with everything else goes on', () => {
  const { startAgain: _, ...supervised } = record.supervised;
  writeFileSync(file, `${JSON.stringify({ ...record, supervised, startAgain: true })}\n`);
  expect(loadRecord(file)).toEqual({ ...record, supervised: { ...record.supervised, startAgain: true } });
});
