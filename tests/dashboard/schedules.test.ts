/** Schedules by the page: made by a form, changed, refused with a sentence, and removed. */
import type { ScheduleView } from '../../protocol/schedules-http';
import { StartedManager } from '../harness/manager';
import { useWorld } from '../harness/world';
import { untilAddress, untilSaid, useDashboards, withBrowser } from './browser';

const dashboards = useDashboards();
const world = useWorld();

withBrowser('schedules', () => {
  it('are made by a form, changed in it with all that it has no field for, and removed', async () => {
    const manager = await StartedManager.start(world);
    const read = () => manager.get<ScheduleView>('/api/schedules/nightly');
    const page = await dashboards.open(`${manager.url}/?view=jobs&part=schedules`, {
      refusalsAreExpected: true,
      timezoneId: 'Europe/Berlin',
    });
    await page.getByText('No schedule yet.').waitFor();
    await page.getByRole('button', { name: 'New schedule' }).click();
    const save = page.getByRole('button', { name: 'Save', exact: true });
    expect(await save.isDisabled()).toBe(true);
    expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin');
    await page.getByLabel('Name', { exact: true }).fill('nightly');
    await page.getByLabel('When', { exact: true }).fill('0 3 30 2 *');
    await page.getByLabel('Command', { exact: true }).fill('make report');
    await save.click();
    await page.getByText(/names a day that never comes/).waitFor();
    await page.getByLabel('When', { exact: true }).fill('0 3 1 * *');
    await page.getByLabel('While a job of it is not over').selectOption({ label: 'stop it first' });
    await save.click();
    await untilSaid(page, 'nightly: saved');
    const row = page.getByRole('table', { name: 'Schedules, by name' }).getByRole('row', { name: /nightly/ });
    await row.getByText(/^in \d/).waitFor();
    expect(await read()).toMatchObject({
      cron: '0 3 1 * *',
      time_zone: 'Europe/Berlin',
      overlap: 'replace',
      job: { command: 'make report' },
    });

    // What another program said of it is not lost.
    const job = { command: ['make', 'report'], env: { API_KEY: 'x1' }, timeouts: { silence: '5m' } };
    const response = await fetch(`${manager.url}/api/schedules/nightly`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cron: '0 3 1 * *', time_zone: 'Europe/Berlin', job }),
    });
    expect(response.status).toBe(200);
    await row.getByRole('button', { name: 'Edit nightly' }).click();
    await untilAddress(page, '?view=jobs&part=schedules&schedule=nightly');
    expect(await page.getByLabel('Name', { exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Queue').fill('night');
    await page.getByLabel('Submits at its times').click();
    await save.click();
    await row.getByText('paused', { exact: true }).waitFor();
    expect((await read()).job).toEqual({ ...job, env: { API_KEY: '********' }, queue: 'night' });

    await row.getByRole('button', { name: 'Remove nightly…' }).click();
    await page.getByRole('dialog').getByText('Its jobs stay as they are').waitFor();
    await page.getByRole('button', { name: 'Remove the schedule' }).click();
    await untilSaid(page, 'nightly: removed');
    await page.getByText('No schedule yet.').waitFor();
  });
});
