/** Jobs by the page: submitted, watched, cancelled, tried again; the machines that run them; ten thousand of them. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { untilAddress, useDashboards, withBrowser } from './browser';

const dashboards = useDashboards();
const world = useWorld();

async function managerWithSlots(slots: number): Promise<StartedManager> {
  const manager = await StartedManager.start(world);
  startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags: ['--slots', String(slots)] });
  return manager;
}

async function post(manager: StartedManager, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${manager.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}

/** A machine with two devices: one is empty, of the other somebody uses the most. */
function twoDevices(): Readonly<Record<string, string>> {
  const directory = world.directory();
  writeFileSync(join(directory, 'nvidia-smi'), NVIDIA_SMI);
  chmodSync(join(directory, 'nvidia-smi'), 0o755);
  return { PATH: `${directory}:${process.env.PATH ?? ''}` };
}
const NVIDIA_SMI = `#!/bin/sh
case "$1" in
--query-gpu=*) echo "0, GPU-aa, Test 9000, 24576, 100, 0"; echo "1, GPU-bb, Test 9000, 24576, 20000, 97" ;;
esac
`;

withBrowser('jobs', () => {
  it('submits a job, shows its progress and its output as they come, and cancels it with a reason', async () => {
    const manager = await managerWithSlots(1);
    const page = await dashboards.open(`${manager.url}/?view=jobs`);
    await page.getByText('Nothing was submitted yet').waitFor();
    await page.getByRole('button', { name: 'Submit a job' }).click();
    await page.getByRole('button', { name: 'Training on a GPU' }).click();
    await page.getByLabel('GPUs', { exact: true }).fill('');
    await page.getByLabel('Command', { exact: true }).fill('echo step 40% done; exec sleep 600');
    await page.getByRole('button', { name: 'Submit', exact: true }).click();

    const panel = page.getByRole('region', { name: /^Job j_/ });
    await panel.getByText('step 40% done').waitFor();
    await panel.getByText('40%', { exact: true }).waitFor();
    const table = page.getByRole('table', { name: 'Jobs, newest first' });
    await table.getByRole('row', { name: /running.*train/s }).waitFor();
    await page.getByRole('button', { name: /^running\s*1$/ }).waitFor();

    await panel.getByRole('button', { name: 'Cancel…' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('a wrong dataset');
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await table.getByRole('row', { name: /cancelled.*train/s }).waitFor();
    await panel.getByRole('tab', { name: 'Attempts' }).click();
    await panel
      .getByText(/a wrong dataset/)
      .first()
      .waitFor();
    await untilAddress(page, /^\?view=jobs&job=j_\w+&show=attempts$/);
  });

  it('shows a job as it was pushed last, also when an older answer comes after that', async () => {
    const manager = await managerWithSlots(1);
    const go = join(world.directory(), 'go');
    await post(manager, '/api/jobs', { name: 'first', command: `until [ -e ${go} ]; do sleep 0.1; done` });
    // Others do not come into this list, so what is in sight of it is not asked for again.
    const page = await dashboards.open(`${manager.url}/?view=jobs&jobs=first`);
    const row = page.getByRole('table', { name: 'Jobs, newest first' }).getByRole('row', { name: /first/ });
    await row.getByText('running').waitFor();
    const answers: (() => void)[] = [];
    await page.route(/\/api\/jobs\?/, async (route) => {
      const response = await route.fetch();
      await new Promise<void>((answer) => answers.push(answer));
      await route.fulfill({ response });
    });
    const another = () => post(manager, '/api/jobs', { name: 'another', command: 'true', hold: true });
    await another();
    await until('the list to be read again', 30_000, () => answers.length === 1);
    writeFileSync(go, '');
    await row.getByText('completed').waitFor();
    await another();
    await page.getByRole('button', { name: /^waiting\s*2$/ }).waitFor();
    answers[0]?.();
    await until('it to be read once more, after the answer', 30_000, () => answers.length === 2);
    expect(await row.textContent()).toContain('completed');
    answers[1]?.();
  });

  it('shows schedules as they go, runs one now, pauses and resumes it, and leads to its jobs', async () => {
    const manager = await managerWithSlots(1);
    const page = await dashboards.open(`${manager.url}/?view=jobs`, { refusalsAreExpected: true });
    await page.getByRole('button', { name: 'Schedules' }).click();
    await page.getByText('No schedule yet.').waitFor();
    const job = { command: 'exec sleep 600' };
    // In half a year: none of its times comes while this goes on.
    const month = ((new Date().getUTCMonth() + 6) % 12) + 1;
    const cron = `0 3 1 ${month} *`;
    await post(manager, '/api/schedules', { name: 'nightly', cron, time_zone: 'Europe/Berlin', job });
    const row = page.getByRole('table', { name: 'Schedules, by name' }).getByRole('row', { name: /nightly/ });
    await row.getByText('Europe/Berlin').waitFor();
    await row.getByText(/^in \d/).waitFor();

    await row.getByRole('button', { name: 'Run nightly now' }).click();
    await row.getByText('1 submitted').waitFor();
    // Its state is pushed while it goes its way.
    await row.getByRole('link', { name: 'running' }).waitFor();
    await row.getByRole('button', { name: 'Run nightly now' }).click();
    await page.getByText(/is not over, and its overlap is skip/).waitFor();
    await row.getByRole('button', { name: 'Pause nightly' }).click();
    await row.getByText('paused', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Resume nightly' }).click();
    await row.getByText('active', { exact: true }).waitFor();

    await row.getByRole('button', { name: 'nightly', exact: true }).click();
    await page
      .getByRole('table', { name: 'Jobs, newest first' })
      .getByRole('row', { name: /nightly\.\d/ })
      .waitFor();
    await untilAddress(page, '?view=jobs&jobs=schedule:nightly');
  });

  it('shows the devices and slots of machines with the jobs that have them, drains one, and begins a job as another', async () => {
    const manager = await StartedManager.start(world);
    startLauncher(world, { worker: 'gpu-1', managerUrl: manager.url, flags: ['--slots', '4'], env: twoDevices() });
    const page = await dashboards.open(`${manager.url}/?view=jobs&part=machines`);
    const card = page.getByRole('listitem', { name: 'gpu-1' });
    await card.getByText('0 of 4 slots taken').waitFor();
    await card.getByText('1 · Test 9000').waitFor();
    await post(manager, '/api/jobs', { id: 'first', name: 'train', command: 'exec sleep 600', needs: { gpus: 1 } });
    // Of two devices one is used by somebody else: the job has the other.
    const [free, foreign] = [card.locator('.gpu').nth(0), card.locator('.gpu').nth(1)];
    await free.getByText('whole device').waitFor();
    await foreign.getByText('in use by others').waitFor();
    await card.getByText('1 of 4 slots taken').waitFor();
    await card.getByRole('button', { name: 'Drain' }).click();
    await card.getByRole('button', { name: 'Undrain' }).waitFor();

    await free.getByRole('link', { name: 'train' }).click();
    const panel = page.getByRole('region', { name: 'Job first' });
    await panel.getByRole('button', { name: 'Submit one like it' }).click();
    expect(await page.getByLabel('GPUs', { exact: true }).inputValue()).toBe('1');
    await page.getByLabel('Labels of the job').fill('no label');
    await page.getByText('“no label” is no label').waitFor();
    await page.getByLabel('Labels of the job').fill('run=2');
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    const second = page.getByRole('region', { name: /^Job j_/ });
    await second.getByRole('tab', { name: 'Why' }).click();
    await second.getByText('Why it waits').waitFor();
    await second
      .getByText(/draining/)
      .first()
      .waitFor();
  });

  it('holds ten thousand jobs: few rows exist, the last one is reached, and all of them change at once', async () => {
    const manager = await StartedManager.start(world);
    await post(manager, '/api/jobs', { id: 'many', command: 'true', array: '1-10000' });
    const page = await dashboards.open(`${manager.url}/?view=jobs`);
    await page.getByRole('button', { name: /^queued\s*10,000$/ }).waitFor();
    const table = page.getByRole('table', { name: 'Jobs, newest first' });
    await table.getByRole('link', { name: 'many.10000' }).or(table.getByText('many.10000')).first().waitFor();
    await until('the last row to be reached', 120_000, async () => {
      await table.evaluate((element) => (element.scrollTop = element.scrollHeight));
      return (await table.getByText('many.1', { exact: true }).count()) > 0;
    });
    expect(await table.getByRole('row').count()).toBeLessThan(60);
    await post(manager, '/api/jobs/cancel', { filter: { state: 'live' } });
    await page.getByRole('button', { name: /^cancelled\s*10,000$/ }).waitFor();
    // What is in sight is told, though its page was read long ago.
    await table
      .getByRole('row', { name: /cancelled.*many\.1\b/s })
      .first()
      .waitFor();
    await page.getByLabel('Filter jobs').fill('state:queued');
    await page.getByText('No job matches').waitFor();
  });
});
