/** docs/schedules.md: every line that it tells people to send is sent here, and the fields it lists are the fields there are. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { JobBody } from '../../protocol/jobs-http';
import { NewScheduleBody, ScheduledJob } from '../../protocol/schedules-http';
import { managerHere, type ManagerHere } from './manager-here';

const page = readFileSync('docs/schedules.md', 'utf8');
const commands = page.match(/^curl .*$/gm) ?? [];

let manager: ManagerHere;
beforeAll(async () => (manager = await managerHere()));
afterAll(() => manager.stop());

test('the page has commands', () => expect(commands.length).toBeGreaterThan(8));

test.each(commands.map((command) => [command]))('%s', async (command) => {
  const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('http://host:5000', manager.url)]);
  const answer = JSON.parse(stdout) as { success?: boolean; error?: string };
  expect(answer.error).toBeUndefined();
  expect(answer.success).not.toBe(false);
});

test('every field is on it, and what a job of a schedule cannot say', () => {
  for (const field of Object.keys(NewScheduleBody.shape)) expect(page).toContain(`\`${field}\``);
  for (const field of Object.keys(JobBody.shape))
    if (!(field in ScheduledJob.shape)) expect(page).toContain(`\`${field}\``);
});
