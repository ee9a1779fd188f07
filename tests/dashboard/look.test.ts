/** Languages, themes and small screens. */
import type { Page } from 'playwright-core';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useDashboards, withBrowser } from './browser';
import { COUNTING, startFleet } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

const ground = (page: Page) =>
  page.locator('body').evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
const sideways = (page: Page) => page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);

withBrowser('the look', () => {
  it('speaks Chinese to a Chinese browser, and remembers another choice', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(manager.url, { locale: 'zh-CN' });
    await page.getByRole('row', { name: /w1/ }).getByText('运行中').waitFor();
    await page.locator('html[lang="zh-CN"]').waitFor();
    await page.getByRole('button', { name: '设置' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('row', { name: /w1/ }).getByText('running', { exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Processes' }).waitFor();
  });

  it('is dark where the system is, and light when told so', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(manager.url, { colorScheme: 'dark' });
    await page.getByRole('row', { name: /w1/ }).waitFor();
    const dark = await ground(page);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await until('another ground', 30_000, async () => (await ground(page)) !== dark);
    await page.reload();
    await page.locator('html[data-theme="light"]').waitFor();
  });

  it.each([390, 360])('works on a screen %i pixels wide', async (width) => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(manager.url, { viewport: { width, height: 800 }, hasTouch: true });
    await page.getByRole('row', { name: /w1/ }).waitFor();
    expect(await sideways(page)).toBe(0);
    await page.getByRole('button', { name: 'Actions for w1/w1' }).click();
    await page.getByRole('menuitem', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stop 1' }).click();
    await page.getByRole('row', { name: /w1/ }).getByText('stopped', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'w1', exact: true }).click();
    await page.getByRole('tab', { name: 'Log' }).waitFor();
    expect(await sideways(page)).toBe(0);
    for (const name of ['Definitions', 'Events', 'Recovery', 'Add a worker']) {
      await page.getByRole('link', { name }).click();
      await page.getByRole('heading', { name }).waitFor();
      expect(await sideways(page)).toBe(0);
    }
  });
});
