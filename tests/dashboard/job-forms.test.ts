/** Jobs by the page: named ones by their form, what failed for good, other orders, what a try used, and devices by the feed. */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { untilAddress, untilSaid, useDashboards, withBrowser } from './browser';

const dashboards = useDashboards();
const world = useWorld();

async function managerWith(templates: Readonly<Record<string, string>>, flags: string[] = []): Promise<StartedManager> {
  const dataDir = world.directory();
  mkdirSync(join(dataDir, 'configs/jobs'), { recursive: true });
  for (const [name, text] of Object.entries(templates)) writeFileSync(join(dataDir, `configs/jobs/${name}.yaml`), text);
  const manager = await StartedManager.start(world, { dataDir });
  startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags: ['--slots', '4', ...flags] });
  return manager;
}

async function post(manager: StartedManager, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${manager.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}
const ended = (manager: StartedManager, id: string): Promise<true> =>
  until(`${id} to be over`, 30_000, async () => {
    const { is_over: isOver } = await manager.get<{ is_over: boolean }>(`/api/jobs/${id}/wait?timeout=10s`);
    return isOver;
  });

const TRAIN = `description: a training that says how far it is
parameters: {epochs: 3, data: ~}
command: echo trained {epochs} epochs of {data}
`;

withBrowser('forms of jobs', () => {
  it('offers named jobs with a field for each parameter, and submits one', async () => {
    const manager = await managerWith({ train: TRAIN, broken: 'comand: x\n' });
    const page = await dashboards.open(`${manager.url}/?view=jobs&submit=`);
    const named = page.getByRole('group', { name: 'Or a named job of this manager' });
    await named.getByRole('button', { name: 'broken' }).click();
    await page.getByText(/comand/).waitFor();
    await named.getByRole('button', { name: 'train' }).click();
    await page.getByText('a training that says how far it is').waitFor();
    const submit = page.getByRole('button', { name: 'Submit', exact: true });
    expect(await submit.isDisabled()).toBe(true);
    expect(await page.getByLabel('epochs').getAttribute('placeholder')).toBe('3');
    await page.getByLabel('data').fill('all of it');
    await page.getByLabel('epochs').fill('7');
    await page.getByLabel('Priority').fill('2');
    await submit.click();
    const panel = page.getByRole('region', { name: /^Job j_/ });
    await panel.getByText('trained 7 epochs of all of it').waitFor();
    await panel.getByRole('tab', { name: 'Details' }).click();
    await panel.getByText('"priority": 2').waitFor();
  });

  it('shows what failed for good, and tries all of it again after a look at how much that is', async () => {
    const manager = await managerWith({});
    const gate = join(world.directory(), 'fixed');
    for (const id of ['dead-a', 'dead-b'])
      await post(manager, '/api/jobs', { id, command: `[ -e ${gate} ] || exit 3` });
    await post(manager, '/api/jobs', { id: 'fine', command: 'true' });
    for (const id of ['dead-a', 'dead-b', 'fine']) await ended(manager, id);
    const page = await dashboards.open(`${manager.url}/?view=jobs`);
    await page.getByRole('button', { name: /^failed for good\s*2$/ }).click();
    const table = page.getByRole('table', { name: 'Jobs, newest first' });
    await table.getByRole('row', { name: /dead-a.*exit code 3/s }).waitFor();
    await table.getByText('fine', { exact: true }).first().waitFor({ state: 'detached' });
    writeFileSync(gate, '');
    await page.getByRole('button', { name: 'Try all of these again…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('dead-b, dead-a').waitFor();
    await dialog.getByRole('button', { name: 'Try 2 jobs again' }).click();
    await untilSaid(page, '2 jobs queued again');
    await page.getByRole('button', { name: /^completed\s*3$/ }).waitFor();
    await page.getByText('No job matches').waitFor();
  });

  it('puts ten thousand jobs into another order, and they stay smooth', async () => {
    const manager = await managerWith({});
    await post(manager, '/api/jobs', { id: 'many', command: 'true', array: '1-10000', hold: true });
    await post(manager, '/api/jobs', { id: 'urgent', command: 'true', priority: 1, hold: true });
    await post(manager, '/api/jobs', { id: 'last', command: 'true', priority: 9, hold: true });
    const page = await dashboards.open(`${manager.url}/?view=jobs`);
    await page.getByLabel('Order').selectOption({ label: 'most urgent first' });
    const table = page.getByRole('table', { name: 'Jobs, most urgent first' });
    await table.getByRole('row').nth(1).getByText('urgent').first().waitFor();
    await untilAddress(page, /[?&]order=priority(&|$)/);
    await until('the last row to be reached', 120_000, async () => {
      await table.evaluate((element) => (element.scrollTop = element.scrollHeight));
      return (await table.getByText('last', { exact: true }).count()) > 0;
    });
    expect(await table.getByRole('row').count()).toBeLessThan(60);
    await page.getByLabel('Order').selectOption({ label: 'oldest first' });
    await page.getByRole('table', { name: 'Jobs, oldest first' }).getByText('many.1', { exact: true }).waitFor();
  });

  it('draws what a try uses while it runs, and after its end what it used in all', async () => {
    const manager = await managerWith({});
    await post(manager, '/api/jobs', { id: 'busy', command: 'while :; do :; done' });
    const page = await dashboards.open(`${manager.url}/?view=jobs&job=busy&show=usage`);
    const panel = page.getByRole('region', { name: 'Job busy' });
    const chart = panel.getByRole('figure').filter({ hasText: 'CPU' });
    await chart.locator('canvas').waitFor();
    // Both at one moment: what is told above it moves it.
    const [frame, drawing] = await chart.evaluate((figure) =>
      [figure, figure.querySelector('canvas')].map((element) => element?.getBoundingClientRect().bottom ?? NaN),
    );
    expect(drawing).toBeLessThanOrEqual(frame ?? NaN);
    await panel.getByText(/ of CPU, at most /).waitFor();
    await post(manager, '/api/jobs/busy/cancel', {});
    await ended(manager, 'busy');
    await panel.getByRole('tab', { name: 'Attempts' }).click();
    await panel.getByText('Used', { exact: true }).waitFor();
    await panel.getByRole('tab', { name: 'Usage' }).click();
    await panel.getByRole('figure').filter({ hasText: 'Memory' }).waitFor();
  });

  it('is told of devices as they fill, and asks for nothing', async () => {
    const directory = world.directory();
    const used = join(directory, 'used');
    writeFileSync(used, '1000');
    writeFileSync(
      join(directory, 'nvidia-smi'),
      `#!/bin/sh\ncase "$1" in\n--query-gpu=*) echo "0, GPU-aa, Test 9000, 24576, $(cat ${used}), 50" ;;\nesac\n`,
    );
    chmodSync(join(directory, 'nvidia-smi'), 0o755);
    const manager = await StartedManager.start(world);
    const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}` };
    startLauncher(world, { worker: 'gpu-1', managerUrl: manager.url, flags: ['--slots', '4'], env });
    const page = await dashboards.open(`${manager.url}/?view=jobs&part=machines`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    const card = page.getByRole('listitem', { name: 'gpu-1' });
    await card.getByText(/of 24/).waitFor();
    const meter = async () => Number(await card.locator('meter').getAttribute('value'));
    expect(await meter()).toBe(1000 * 2 ** 20);
    // Written whole: it may be read at any time.
    writeFileSync(`${used}.new`, '20000');
    renameSync(`${used}.new`, used);
    await until('the device to be told as fuller', 30_000, async () => (await meter()) === 20_000 * 2 ** 20);
    expect(asked.filter((path) => path.endsWith('/api/nodes'))).toEqual([]);
  });
});
