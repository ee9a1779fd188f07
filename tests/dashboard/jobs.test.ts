/** Jobs by the page: submitted, watched, cancelled, tried again; the machines that run them; ten thousand of them. */
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { useWorld } from '../harness/world';
import { useDashboards, withBrowser } from './browser';

const dashboards = useDashboards();
const world = useWorld();

async function managerWithSlots(slots: number): Promise<StartedManager> {
  const manager = await StartedManager.start(world);
  startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags: ['--slots', String(slots)] });
  return manager;
}

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
    expect(new URL(page.url()).search).toMatch(/^\?view=jobs&job=j_\w+&show=attempts$/);
  });
});
