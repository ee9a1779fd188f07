import type { Context } from '../context';
import { CliError, EXIT } from '../exit';
import { awaitJobs } from './await-jobs';

const over = (id: string) => ({ is_over: true, job: { job_id: id, state: 'completed', exit_code: 0, why: '' } });
const away = new CliError(EXIT.unreachable, 'No manager answers');

/** @param answers of the manager, by job, in turn */
async function waited(answers: Readonly<Record<string, unknown[]>>, deadlineMs = Infinity) {
  const printed: string[] = [];
  const notes: string[] = [];
  const getPatiently = (path: string): Promise<unknown> => {
    const answer = answers[path.split('/')[3] ?? '']?.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const context = {
    client: { url: 'http://manager', getPatiently },
    format: 'name',
    print: (lines: readonly string[]) => printed.push(...lines),
    note: (line: string) => notes.push(line),
  } as unknown as Context;
  return { code: await awaitJobs(context, Object.keys(answers), deadlineMs), printed, notes };
}

test('a manager that is away between two jobs is waited for', async () => {
  expect(await waited({ a: [over('a')], b: [away, over('b')] })).toEqual({
    code: 0,
    printed: ['a', 'b'],
    notes: [expect.stringContaining('b goes on')],
  });
});

test('but not beyond the deadline', async () => {
  await expect(waited({ a: [over('a')], b: [away] }, 0)).rejects.toBe(away);
});

test('one that is over and forgotten before its turn came has failed, and the others are waited for', async () => {
  const forgotten = new CliError(EXIT.notFound, 'there is no job b', 'unknown_job');
  expect(await waited({ a: [over('a')], b: [forgotten], c: [over('c')] })).toEqual({
    code: 1,
    printed: ['a', 'c'],
    notes: ['b is over and forgotten; how it ended nobody knows any more'],
  });
});
