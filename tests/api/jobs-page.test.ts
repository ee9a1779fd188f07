/** docs/jobs.md: every line that it tells people to type is typed here, one after the other, and the words it lists are the words there are. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ATTEMPT_OUTCOMES, JOB_STATES } from '../../protocol/jobs';
import { JobBody } from '../../protocol/jobs-http';
import { JobsHere } from './jobs-here';

const page = readFileSync('docs/jobs.md', 'utf8');
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
/** A line ends where no quote is open. */
const commands = blocks.flatMap((block) => block.match(/curl(?:[^'\n]|'[^']*')+/g) ?? []);

let here: JobsHere;
beforeAll(async () => (here = await JobsHere.open({ slots: 1 })));
afterAll(() => here.close());

test('the page has commands', () => expect(commands.length).toBeGreaterThan(20));

test.each(commands.map((command) => [command]))('%s', async (command) => {
  const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('http://host:5000', here.manager.url)]);
  const answer = JSON.parse(stdout) as { success?: boolean; error?: string };
  expect(answer.error).toBeUndefined();
  expect(answer.success).not.toBe(false);
});

test('every state, outcome and field is on it', () => {
  for (const word of [...JOB_STATES, ...ATTEMPT_OUTCOMES]) expect(page).toContain(`\`${word}\``);
  for (const field of Object.keys(JobBody.shape)) {
    const isNamed = page.includes(`\`${field}\``) || page.includes(`"${field}"`) || page.includes(`\`${field}:`);
    expect([field, isNamed]).toEqual([field, true]);
  }
});
