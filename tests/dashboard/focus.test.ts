/** Where the keyboard's focus is after a dialog or a form: on what opened it, or on what has taken its place. */
import type { Page } from 'playwright-core';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useDashboards, withBrowser } from './browser';
import { COUNTING, startFleet } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

const FOCUSED = '(({ activeElement: at }) => at?.ariaLabel ?? at?.textContent ?? "")(document)';
/** Resolves when what has the focus is called so. */
async function untilFocusOn(page: Page, name: string): Promise<void> {
  let now = '';
  const found = until('the focus', 30_000, async () => (now = await page.evaluate<string>(FOCUSED)) === name);
  await found.catch(() => Promise.reject(new Error(`the focus is on "${now.slice(0, 80)}", not on "${name}"`)));
}
const dialogGone = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' });

withBrowser('the focus', () => {
  it('is on the button again when its dialog is closed, and stays there when it has become another one', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByRole('button', { name: 'Stop', exact: true }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await dialogGone(page);
    await untilFocusOn(page, 'Stop');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop 1' }).press('Enter');
    await manager.until('w1 to stop', 'w1', ({ state }) => state === 'stopped');
    await untilFocusOn(page, 'Start');
    await page.keyboard.press('Enter');
    await manager.until('w1 to run', 'w1', ({ state }) => state === 'running');
    await untilFocusOn(page, 'Stop');
  });

  it('is on the menu again whose entry opened the dialog', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(manager.url);
    const menu = page.getByRole('button', { name: 'Actions for w1/w1' });
    for (const entry of ['Stop', 'Disable…']) {
      await menu.press('Enter');
      await page.getByRole('menuitem', { name: entry }).press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await dialogGone(page);
      await untilFocusOn(page, 'Actions for w1/w1');
    }
  });

  it('is on the form that was opened, on its button while that works, and on what opened it when it is left', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?view=definitions`, { refusalsAreExpected: true });
    await page.getByRole('button', { name: 'Define a process' }).press('Enter');
    await page.getByLabel('Name', { exact: true }).waitFor();
    // Its heading: what comes next by Tab is the form.
    await untilFocusOn(page, 'Define a process');
    await page.getByRole('button', { name: 'Show what it changes' }).press('Enter');
    await page.getByRole('alert').first().waitFor();
    await untilFocusOn(page, 'Show what it changes');
    await page.getByRole('button', { name: 'Definitions' }).press('Enter');
    await page.getByRole('button', { name: 'Define a process' }).waitFor();
    await untilFocusOn(page, 'Define a process');
  });
});
