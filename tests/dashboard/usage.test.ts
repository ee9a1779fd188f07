/** Usage over time, of a process and of its machine. */
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useDashboards, withBrowser } from './browser';
import { startFleet, untilProcess } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

withBrowser('usage', () => {
  it('is drawn for a process and for its machine, over the time that was chosen', async () => {
    const manager = await startFleet(world, { w1: 'while :; do :; done' });
    await untilProcess(manager, 'w1/w1', 'to be measured', ({ cpu }) => (cpu ?? 0) > 0);
    const page = await dashboards.open(`${manager.url}/?p=w1/w1&tab=usage`);
    const cpu = page.getByRole('img', { name: /^CPU: now \d+(\.\d)?%, at most \d+/ });
    await cpu.waitFor();
    await page.getByRole('img', { name: /^Memory: now \d/ }).waitFor();
    const isDrawn = (canvas: {
      width: number;
      height: number;
      getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
    }) =>
      // prettier-ignore
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
    await until('it to be drawn', 30_000, () => cpu.locator('canvas').evaluate(isDrawn));
    const answered = page.waitForResponse((response) => response.url().includes('since=2w'));
    await page.getByRole('button', { name: '2 weeks' }).click();
    expect((await answered).ok()).toBe(true);
    await page.goto(`${manager.url}/?w=w1&tab=usage`);
    await page.getByRole('img', { name: /^CPU: now \d/ }).waitFor();
    await page.getByRole('img', { name: /^Memory: now \d/ }).waitFor();
  });
});
