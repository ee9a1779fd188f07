/** Definitions from the page: a form with its problems at their fields, plans before they are applied, and the way back. */
import { StartedManager } from '../harness/manager';
import { useWorld } from '../harness/world';
import { useDashboards, withBrowser } from './browser';
import { startProcesses, untilProcess } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();
/** The browser itself says this of a refusal. */
const refused = { refusalsAreExpected: true } as const;

async function managerWithWorker(): Promise<StartedManager> {
  const manager = await StartedManager.start(world);
  startProcesses(world, manager, 'w1', [{ name: 'own', command: 'exec sleep 1000' }]);
  await untilProcess(manager, 'w1/own', 'to run', ({ state }) => state === 'running');
  return manager;
}

withBrowser('definitions', () => {
  it('are made by a form, shown before they are applied, changed, and rolled back', async () => {
    const manager = await managerWithWorker();
    const page = await dashboards.open(`${manager.url}/?view=definitions`, refused);
    await page.getByText('1 more process is defined by its launcher').waitFor();
    await page.getByRole('button', { name: 'Define a process' }).click();
    await page.getByLabel('Name', { exact: true }).fill('web');
    await page.getByLabel('Set', { exact: true }).fill('shop');
    await page.getByLabel('Command', { exact: true }).fill('exec sleep 1000');
    await page.getByLabel('Worker', { exact: true }).fill('w1');
    await page.getByText('Limits', { exact: true }).click();
    await page.getByLabel('Open files').fill('none');
    await page.getByRole('button', { name: 'Show what it changes' }).click();
    const openFiles = page.getByLabel('Open files');
    await page.getByText('One thing is not understood').waitFor();
    expect(await openFiles.getAttribute('aria-invalid')).toBe('true');
    const note = await openFiles.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${note}"]`).innerText()).toMatch(/limits\.open_files must be a number, not "none"/);
    await openFiles.fill('100');
    await page.getByText('Ready', { exact: true }).click();
    await page.getByLabel('Probe').selectOption('command');
    await page.getByLabel('Command that ends with 0').fill('true');
    await page.getByRole('button', { name: 'Show what it changes' }).click();
    await page.getByText('create', { exact: true }).waitFor();
    expect((await manager.get<{ processes: unknown[] }>('/api/processes')).processes).toHaveLength(1);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied: it is so.').waitFor();
    const first = await untilProcess(manager, 'w1/web', 'to be ready', ({ ready }) => ready === true);
    expect(first).toMatchObject({ version: 1, set: 'shop' });

    await page.getByRole('link', { name: 'w1/web' }).click();
    await page.getByRole('tab', { name: 'Definition' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Command', { exact: true }).fill('exec sleep 2000');
    await page.getByRole('button', { name: 'Show what it changes' }).click();
    const preview = page.getByRole('region', { name: 'What it changes' });
    await preview.getByText('exec sleep 1000').waitFor();
    expect(await preview.innerText()).toMatch(
      /change\s+w1\/web[^]*command\s+exec sleep 1000 → exec sleep 2000[^]*restart/,
    );
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied: it is so.').waitFor();
    await untilProcess(manager, 'w1/web', 'to be changed', ({ command, ready }) => command === 'exec sleep 2000' && ready === true); // prettier-ignore

    await page.getByRole('link', { name: 'w1/web' }).click();
    await page.getByRole('tab', { name: 'Definition' }).click();
    await page.getByText('version 2').waitFor();
    await page.getByRole('button', { name: 'Back to 1' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('exec sleep 2000').waitFor();
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await dialog.getByText('Applied: it is so.').waitFor();
    await untilProcess(manager, 'w1/web', 'to be as before', ({ version, command }) => version === 3 && command === 'exec sleep 1000'); // prettier-ignore
  });

  it('are pasted as a document whose mistakes are told by line, and leave alone what is the same', async () => {
    const manager = await managerWithWorker();
    const page = await dashboards.open(`${manager.url}/?view=definitions&edit=document`, refused);
    const document = (processes: readonly string[]) => `set: shop\nprocesses:\n${processes.join('\n')}\n`;
    const a = '  - { name: a, worker: w1, command: exec sleep 1000 }';
    const b = '  - { name: b, worker: w1, command: exec sleep 2000 }';
    const text = page.getByLabel('Document');
    const plan = page.getByRole('button', { name: 'Show what it changes' });
    await text.fill(document([a, '  - { name: b, worker: w1, comand: exec sleep 2000 }']));
    await plan.click();
    await page.getByText('processes[1].comand is not a known key; did you mean command?').waitFor();
    await page.getByRole('button', { name: 'line 4, column 28' }).click();
    const picked = await text.evaluate((area: { value: string; selectionStart: number }) =>
      area.value.slice(area.selectionStart),
    );
    expect(picked).toMatch(/^comand/);
    await text.fill(document([a, b]));
    await plan.click();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied: it is so.').waitFor();
    const { run_id: run } = await untilProcess(manager, 'w1/a', 'to run', ({ state }) => state === 'running');

    await page.goto(`${manager.url}/?view=definitions`);
    await page.getByRole('region', { name: 'Set shop' }).getByRole('button', { name: 'Edit the document' }).click();
    await page.getByText('name: b').waitFor();
    await text.fill(document([a]));
    await plan.click();
    await page.getByText('remove', { exact: true }).waitFor();
    await page.getByText('1 more is as it is to be').waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Applied: it is so.').waitFor();
    const { processes } = await manager.get<{ processes: { key: string; run_id: string }[] }>('/api/processes');
    expect(processes.map(({ key }) => key).sort()).toEqual(['w1/a', 'w1/own']);
    expect(processes.find(({ key }) => key === 'w1/a')?.run_id).toBe(run);
  });
});
