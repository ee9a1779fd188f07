/** Records as earlier versions and crashes left them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessSpec } from '../../protocol/process-spec';
import { newcomer } from '../core/supervisor-state';
import { flushDirectory } from './durable-file';
import { loadRecord, RecordJournal, type ProcessRecord } from './process-record';

jest.mock('./durable-file', () => ({ flushDirectory: jest.fn() }));

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

test('begun anew, it has its new name on the disk before it is said to be written', () => {
  const journal = new RecordJournal(file);
  journal.append(record, true);
  jest.mocked(flushDirectory).mockClear();
  journal.beginAnew();
  journal.append({ ...record, superseded: true }, true);
  expect(jest.mocked(flushDirectory).mock.calls).toEqual([[directory]]);
  // A disk that refuses is told, and it is done again.
  jest.mocked(flushDirectory).mockImplementationOnce(() => {
    throw new Error('no disk');
  });
  journal.beginAnew();
  expect(() => journal.append(record, true)).toThrow('no disk');
  jest.mocked(flushDirectory).mockClear();
  journal.append(record, true);
  expect(flushDirectory).toHaveBeenCalledTimes(1);
  journal.close();
});
