/** The log view: following, keeping the reader's place, searching, and a hundred thousand lines. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { StartedManager } from '../harness/manager';
import { useDashboards, withBrowser } from './browser';
import { COUNTING, startFleet, startProcesses } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

/** Prints its lines and stays. */
const printing = (program: string) => `${program}; exec sleep 1000`;
const rows = (page: Page) => page.locator('.log-row').allTextContents();
const atEnd = (page: Page) =>
  page.locator('.log-scroller').evaluate((view) => view.scrollTop + view.clientHeight >= view.scrollHeight - 2);
const scrollTo = (page: Page, top: number) =>
  page.locator('.log-scroller').evaluate((view, at) => (view.scrollTop = at), top);
/** Any line whose number has so many digits, or more: a certain one may be past before the page is open. */
const lineOf = (page: Page, digits: number) =>
  page
    .getByText(new RegExp(`^line \\d{${digits},}$`))
    .first()
    .waitFor();
/** The line at the top of what is in sight. */
const topLine = (page: Page) =>
  page.locator('.log-scroller').evaluate((view) => {
    const { left, top } = view.getBoundingClientRect();
    return view.ownerDocument.elementFromPoint(left + 40, top + 20)?.textContent ?? null;
  });

withBrowser('the log', () => {
  it('follows at the end, and never moves what is read elsewhere', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await lineOf(page, 3);
    await until('it to be at the end', 30_000, () => atEnd(page));
    await scrollTo(page, 400);
    const button = page.locator('.log-new');
    await button.getByText(/\d new/).waitFor();
    const before = await topLine(page);
    const count = await button.textContent();
    await until('more lines to come', 30_000, async () => (await button.textContent()) !== count);
    expect(await topLine(page)).toBe(before);
    await button.click();
    await until('it to follow again', 30_000, () => atEnd(page));
    await button.waitFor({ state: 'detached' });
  });

  it('goes on without a missing line after the manager was killed', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`, { managerMayBeAway: true });
    await lineOf(page, 2);
    await manager.program.end('SIGKILL');
    await page.getByText('Not connected').waitFor();
    await manager.again();
    const numbers = async () =>
      (await rows(page)).filter((line) => line.startsWith('line ')).map((line) => Number(line.slice(5)));
    const last = async () => Math.max(0, ...(await numbers()));
    const before = await last();
    await until('newer lines', 30_000, async () => (await last()) > before + 50);
    const shown = await numbers();
    expect(shown).toEqual(shown.map((_, at) => (shown[0] ?? 0) + at));
  });

  it('goes on over a restart, with a line between the runs', async () => {
    const manager = await startFleet(world, { w1: printing('echo once') });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByText('once', { exact: true }).waitFor();
    await manager.command('w1', 'restart');
    // How the first run ended comes on a way of its own: as an event, where the lines come from the log.
    const shown = async () => (await rows(page)).map((line) => line.replace(/ \d.*/, ''));
    const whole = ['run started', 'once', 'killed by SIGTERMrun started', 'once'];
    await until('both runs', 30_000, async () => (await shown()).length === 4 && (await shown())[2] === whole[2]);
    expect(await shown()).toEqual(whole);
  });

  it('ends with the newest lines of both streams after more than it can be pushed, and says what it left out', async () => {
    const manager = await StartedManager.start(world);
    const go = join(world.directory(), 'go');
    const lots = `seq 1 40000 | sed 's/$/ ${'.'.repeat(250)}/'`;
    const command = printing(`echo begin; echo warning >&2; until [ -e ${go} ]; do sleep 0.1; done; ${lots}; echo end`);
    startProcesses(world, manager, 'w1', [{ name: 'split', command, output: 'split' }]);
    await until('both to be stored', 30_000, async () => (await manager.output('w1')).length === 14);
    const page = await dashboards.open(`${manager.url}/?p=w1/split`);
    await page.getByText('begin', { exact: true }).waitFor();
    writeFileSync(go, '');
    await page.getByText('end', { exact: true }).waitFor();
    expect((await rows(page)).slice(-2)).toEqual([`40000 ${'.'.repeat(250)}`, 'end']);
    const mark = page.locator('.log-gap', { hasText: / missing here: more than this view takes at once/ });
    await until('the mark of what is left out', 30_000, async () => {
      // A machine under load may write so slowly that all of it can be pushed, or read again.
      const lines = await page.locator('.log-scroller').evaluate((view) => {
        view.scrollTop = view.scrollTop === 0 ? view.scrollHeight : view.scrollTop - 500;
        return view.scrollHeight / 18;
      });
      return lines === 40_004 || (await mark.count()) > 0;
    });
  });

  it('lacks no line when an answer to a lost connection comes late', async () => {
    let manager = await StartedManager.start(world);
    startProcesses(world, manager, 'w1', [
      { name: 'split', command: `echo warning >&2; ${COUNTING}`, output: 'split' },
    ]);
    await until('both to be stored', 30_000, async () => /warning[^]*line/.test(await manager.output('w1')));
    const page = await dashboards.open(`${manager.url}/?p=w1/split`, { managerMayBeAway: true });
    await lineOf(page, 2);
    const answers: (() => void)[] = [];
    await page.route(/stream=both/, async (route) => {
      const response = await route.fetch();
      await new Promise<void>((answer) => answers.push(answer));
      await route.fulfill({ response });
    });
    for (const times of [1, 2]) {
      await manager.program.end('SIGKILL');
      await page.getByText('Not connected').waitFor();
      manager = await manager.again();
      await until('the newest lines to be read again', 30_000, () => answers.length === times);
    }
    const length = async () => (await manager.output('w1')).length;
    for (const answer of answers) {
      answer();
      const before = await length();
      await until('some more lines', 30_000, async () => (await length()) > before + 100);
    }
    const numbers = async () =>
      (await rows(page)).filter((line) => line.startsWith('line ')).map((line) => Number(line.slice(5)));
    const before = Math.max(...(await numbers()));
    await until('newer lines', 30_000, async () => Math.max(...(await numbers())) > before + 10);
    const shown = await numbers();
    expect(shown).toEqual(shown.map((_, at) => (shown[0] ?? 0) + at));
  });

  it('shows colours and progress bars as meant, and everything else as text', async () => {
    const shown = String.raw`printf '\033[31mred\033[0m\n10%%\r100%%\n<img src=x onerror=alert(1)>\n\344\275\240\345\245\275\n'`;
    const manager = await startFleet(world, { w1: printing(shown) });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByText('你好').waitFor();
    expect((await rows(page)).slice(1)).toEqual(['red', '100%', '<img src=x onerror=alert(1)>', '你好']);
    expect(await page.locator('.log-row img').count()).toBe(0);
    expect(await page.getByText('red', { exact: true }).getAttribute('style')).toContain('--ansi-1');
  });

  it('holds a hundred thousand lines with a bounded page, from the last to the first', async () => {
    const manager = await startFleet(world, { w1: printing('seq 1 100000') });
    await until('all lines to be stored', 30_000, async () => (await manager.process('w1'))?.log_bytes === 588_895);
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByText('100000', { exact: true }).waitFor();
    const nodes = () => page.locator('html').evaluate((html) => html.querySelectorAll('*').length);
    let most = await nodes();
    await until('the first line to be reached by scrolling', 120_000, async () => {
      await page.locator('.log-scroller').evaluate((view) => (view.scrollTop -= 200_000));
      most = Math.max(most, await nodes());
      return (await rows(page)).includes('1');
    });
    expect(most).toBeLessThan(1_000);
    const lines = await page.locator('.log-scroller').evaluate((view) => view.scrollHeight / 18);
    expect(lines).toBe(100_001);
  });

  it('searches what is loaded, then everything that is kept, and jumps there', async () => {
    const lots = `seq 1 200000 | sed 's/$/ ${'.'.repeat(20)}/'`;
    const manager = await startFleet(world, { w1: printing(`echo the needle; ${lots}`) });
    await until('all to be stored', 30_000, async () => (await manager.process('w1'))?.log_bytes === 5_488_906);
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByText('200000 .').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('199999 ');
    await page.getByText('1 lines').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.log-row[data-current] mark').waitFor();
    await page.getByLabel('Search the log').last().fill('NEEDLE');
    await page.getByText('no hits').waitFor();
    await page.getByRole('button', { name: 'Search all history' }).click();
    await page.getByText('1 hit in all that is kept').waitFor();
    await page
      .getByRole('listitem')
      .getByRole('button', { name: /the needle/ })
      .click();
    await page.locator('.log-row[data-current]', { hasText: 'the needle' }).waitFor();
    await page.getByRole('button', { name: 'Newest ↓' }).click();
    await page.getByText('200000 .').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download all' }).click();
    expect((await download).suggestedFilename()).toBe('w1-w1.log');
  });

  it('wraps long lines into rows, and cuts very long ones until asked', async () => {
    const manager = await startFleet(world, { w1: printing(`head -c 5000 /dev/zero | tr '\\0' x; echo; echo end`) });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`);
    await page.getByText('end', { exact: true }).waitFor();
    expect(await page.locator('.log-row').count()).toBe(3);
    await page.getByRole('button', { name: 'Wrap lines' }).click();
    await until('the long line to take many rows', 30_000, async () => (await page.locator('.log-row').count()) > 15);
    await page.getByRole('button', { name: /show all/ }).click();
    const shown = () => rows(page).then((all) => all.slice(1).join('').replace('end', '').length);
    await until('all of it', 30_000, async () => (await shown()) === 5_000);
    await page.reload();
    await page.getByText('end', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Wrap lines' }).getAttribute('aria-pressed')).toBe('true');
  });
});
