/** What is done with many: a rolling restart, a search over their output. And both streams of one. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { untilAddress, useDashboards, withBrowser } from './browser';
import { COUNTING, startFleet, startProcesses, untilProcess } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

/** Selects all that is shown, and opens the menu of what is done with many. */
async function openMore(page: Page, count: number): Promise<void> {
  await page.getByRole('button', { name: `running ${count}` }).waitFor();
  await page.getByRole('checkbox', { name: 'Select everything shown' }).click();
  await page.getByRole('button', { name: 'More for these' }).click();
}

withBrowser('many', () => {
  it('are restarted a few at a time, each seen to come up', async () => {
    const manager = await StartedManager.start(world);
    const names = ['a', 'b', 'c'];
    const gate = join(world.directory(), 'gate');
    writeFileSync(gate, '');
    const ready = { exec: `[ -e ${gate} ]`, within: 600 };
    startProcesses(world, manager, 'w1', names.map((name) => ({ name, command: COUNTING, ready }))); // prettier-ignore
    const runs = () =>
      Promise.all(
        names.map(async (name) => {
          const { run_id: run } = await untilProcess(
            manager,
            `w1/${name}`,
            'to be ready',
            (process) => process.ready === true,
          );
          return run;
        }),
      );
    const before = await runs();
    const page = await dashboards.open(manager.url);
    await openMore(page, 3);
    await page.getByRole('menuitem', { name: 'Restart a few at a time…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Seconds for each').fill('600');
    rmSync(gate);
    await dialog.getByRole('button', { name: 'Restart 3' }).click();
    // One at a time: while the first is at its turn the others have not been touched.
    await untilProcess(manager, 'w1/a', 'to be at its turn', ({ run_id: run }) => run !== null && run !== before[0]);
    await until('two to wait', 30_000, async () => (await dialog.getByText('not yet').count()) === 2);
    writeFileSync(gate, '');
    await dialog.getByText('Over: 3 of 3 are up.').waitFor();
    const after = await runs();
    expect(after.filter((run) => before.includes(run))).toEqual([]);
    expect([...after].sort()).toEqual(after);
  });

  it('are searched together, and a hit opens its line', async () => {
    const says = (word: string) => `seq 1 3000 | sed 's/$/ ${word}/'; exec sleep 1000`;
    const manager = await startFleet(world, { w1: says('apple'), w2: says('pear') });
    await untilProcess(manager, 'w1/w1', 'to have said all', ({ log_bytes: bytes }) => bytes >= 31_893);
    await untilProcess(manager, 'w2/w2', 'to have said all', ({ log_bytes: bytes }) => bytes >= 28_893);
    const page = await dashboards.open(manager.url);
    await openMore(page, 2);
    await page.getByRole('menuitem', { name: 'Search their output…' }).click();
    const pane = page.getByRole('region', { name: 'Search the output of 2 processes' });
    await pane.getByLabel('What to look for').fill('^77 (apple|pear)');
    await pane.getByRole('button', { name: 'Regular expression' }).click();
    await pane.getByRole('button', { name: 'Search', exact: true }).click();
    await pane.getByText('2 hits').waitFor();
    await pane.getByRole('button', { name: /77 pear/ }).click();
    const log = page.getByRole('region', { name: 'Output of w2/w2' });
    await log.locator('.log-row[data-current]', { hasText: '77 pear' }).waitFor();
    await untilAddress(page, /^\?p=w2\/w2&at=\d{13}[a-z2-7]{12}:\d+$/);
    // The address is the line: whoever is sent it sees the same.
    await page.reload();
    await log.locator('.log-row[data-current]', { hasText: '77 pear' }).waitFor();
  });

  it('shows stderr beside stdout, apart or in the order of arrival', async () => {
    const manager = await StartedManager.start(world);
    const command = 'i=0; while :; do i=$((i+1)); echo "out $i"; echo "err $i" >&2; sleep 0.1; done';
    startProcesses(world, manager, 'w1', [{ name: 'both', command, output: 'split' }]);
    // The page asks once whether there is any stderr of a run.
    await until('it to write to both', 30_000, async () => {
      const stored = (stream: string) => manager.get<{ runs: unknown[] }>(`/api/logs/w1/both?stream=${stream}`);
      return (await stored('stdout')).runs.length > 0 && (await stored('stderr')).runs.length > 0;
    });
    const page = await dashboards.open(`${manager.url}/?p=w1/both`);
    const shown = () => page.locator('.log-row[data-row]').allTextContents();
    const numbers = async (word: string) =>
      (await shown()).filter((line) => line.startsWith(word)).map((line) => Number(line.slice(4)));
    await page.getByRole('button', { name: 'both', exact: true }).waitFor();
    // Of a list that follows its end as many rows are drawn as are in sight, and some above: about thirty of each stream.
    const least = async () => Math.min((await numbers('out')).length, (await numbers('err')).length);
    await until('both streams to come', 30_000, async () => (await least()) >= 20);
    for (const word of ['out', 'err']) {
      const seen = await numbers(word);
      expect(seen.length).toBeGreaterThanOrEqual(15);
      expect(seen).toEqual(seen.map((_, at) => (seen[0] ?? 0) + at));
    }
    expect(await page.locator('.log-row[data-stream="stderr"]').first().innerText()).toMatch(/^err/);
    for (const [name, word] of [
      ['stderr', 'err'],
      ['stdout', 'out'],
    ] as const) {
      await page.getByRole('button', { name, exact: true }).click();
      await until(`${name} alone`, 30_000, async () => {
        const lines = await shown();
        return lines.length > 0 && lines.every((line) => line.startsWith(word));
      });
    }
  });
});
