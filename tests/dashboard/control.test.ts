/** Seeing and steering processes with the mouse and with the keyboard. */
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { untilAddress, untilSaid, useDashboards, withBrowser } from './browser';
import { COUNTING, startFleet, startWorker } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

withBrowser('the dashboard', () => {
  it('tells a newcomer how to begin, and shows the first process without a reload', async () => {
    const manager = await StartedManager.start(world);
    const page = await dashboards.open(manager.url);
    await page.getByText('No worker yet').waitFor();
    await page.getByLabel('Worker id').fill('gpu 1');
    await page.getByText('An id may hold').waitFor();
    await page.getByLabel('Worker id').fill('gpu-1');
    expect(await page.locator('.join-line code').textContent()).toBe(
      `./start_worker.sh --worker-id gpu-1 --manager-url ${manager.url} --command "python train.py"`,
    );
    startWorker(world, manager, 'gpu-1', COUNTING);
    const row = page.getByRole('row', { name: /gpu-1/ });
    await row.getByText('running', { exact: true }).waitFor();
    await until('the title to be calm', 30_000, async () => (await page.title()) === 'ProcGuard');
  });

  it('stops a process after naming it, shows the proof, and starts it again', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toMatch(/Stop 1 process\?[^]*1 running process will be ended[^]*w1\/w1/);
    await dialog.getByRole('button', { name: 'Stop 1' }).click();
    await untilSaid(page, /SIGTERM \d+\.\d s, \d+ seen, all gone \d+\.\d s, verified by/);
    expect((await manager.process('w1'))?.state).toBe('stopped');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await untilSaid(page, 'w1: started');
    expect((await manager.process('w1'))?.state).toBe('running');
  });

  it('leaves everything as it is when a dialog is cancelled', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const before = await manager.process('w1');
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByRole('button', { name: 'Kill', exact: true }).click();
    await page.getByText('SIGKILL, at once and to the whole tree').waitFor();
    // The safe button has the focus: Enter must not kill.
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await manager.process('w1'))?.pid).toBe(before?.pid);
  });

  it('restarts a selection as one, naming all of it', async () => {
    const manager = await startFleet(world, { w1: COUNTING, w2: COUNTING, w3: COUNTING });
    const runs = async () => Promise.all(['w1', 'w2', 'w3'].map(async (id) => (await manager.process(id))?.run_id));
    const before = await runs();
    const page = await dashboards.open(manager.url);
    await page.getByRole('checkbox', { name: 'Select w1/w1' }).click();
    await page.getByRole('checkbox', { name: 'Select w3/w3' }).click();
    await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Restart' }).click();
    await page.getByRole('dialog').waitFor();
    const listed = await page.getByRole('list', { name: 'What it hits' }).getByRole('listitem').allInnerTexts();
    expect(listed.map((text) => /w\d\/w\d/.exec(text)?.[0])).toEqual(['w1/w1', 'w3/w3']);
    await page.getByRole('button', { name: 'Restart 2' }).click();
    await untilSaid(page, 'Restarted 2 of 2');
    const after = await runs();
    expect(after.map((run, at) => run === before[at])).toEqual([false, true, false]);
  });

  it('is steered by the keyboard alone', async () => {
    const manager = await startFleet(world, { w1: COUNTING, w2: COUNTING });
    const page = await dashboards.open(manager.url);
    await page.getByRole('row', { name: /w2/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('w2');
    await page.getByRole('row', { name: /w1/ }).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('s');
    await page.getByRole('dialog', { name: 'Stop 1 process?' }).waitFor();
    await page.keyboard.press('Enter');
    await manager.until('w2 to stop', 'w2', ({ state }) => state === 'stopped');
    await page.keyboard.press('l');
    await page.getByRole('region', { name: 'Output of w2/w2' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Process w2/w2' }).waitFor({ state: 'detached' });
    // The second key counts for a second after the first: a press may come too late, and is made again.
    await until('the events', 30_000, async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('e');
      return page.getByRole('heading', { name: 'Events' }).isVisible();
    });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  });

  it('keeps where one is in the address, and goes back', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?q=state:running`);
    await page.getByRole('link', { name: 'w1', exact: true }).click();
    await page.getByRole('tab', { name: 'Details' }).click();
    await untilAddress(page, '?q=state:running&p=w1/w1&tab=details');
    await page.reload();
    await page.getByText('sleep 0.02').waitFor();
    await page.goBack();
    await page.getByRole('tab', { name: 'Details' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: /^running 1/ }).getAttribute('aria-pressed')).toBe('true');
  });

  it('counts problems in the title, and shows them first', async () => {
    const manager = await startFleet(world, { a: COUNTING, z: COUNTING });
    const page = await dashboards.open(manager.url);
    await page.getByRole('row', { name: /z/ }).waitFor();
    startWorker(world, manager, 'm', 'exit 7');
    await until('the title to count it', 30_000, async () => (await page.title()) === '(1) ProcGuard');
    await until('it to stand first', 30_000, async () => {
      const first = page.locator('[aria-rowindex="2"]');
      return /backoff|failed/.test(await first.innerText()) && (await first.innerText()).includes('exit code 7');
    });
  });

  it('says since when it is not connected, and goes on by itself', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(manager.url, { managerMayBeAway: true });
    await page.getByRole('row', { name: /w1/ }).waitFor();
    const pid = (await manager.process('w1'))?.pid;
    await manager.program.end('SIGKILL');
    await page.getByText(/Not connected for \d+s; what you see is as of \d\d:\d\d:\d\d/).waitFor();
    expect(await page.locator('.shell').getAttribute('data-stale')).toBe('true');
    const again = await manager.again();
    await page.getByText('Not connected').waitFor({ state: 'detached' });
    await again.until('w1 to be known as running', 'w1', ({ state }) => state === 'running');
    await page.getByRole('row', { name: new RegExp(`w1.*${pid}`, 's') }).waitFor();
  });
});
