/** A real browser on the dashboard. What the page complains of (console errors, exceptions) fails the test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { until } from '../harness/until';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const CHROMIUM = process.env['PROCGUARD_CHROMIUM'] ?? PLACES.find((path) => existsSync(path));
const FLAGS = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking'];

/** Without a browser these tests cannot say anything: they are skipped, and say why. */
export const withBrowser = CHROMIUM === undefined ? describe.skip : describe;

/** The browser itself says these of a manager that refuses, or is away; the page can neither prevent nor hide it. */
const REFUSED = /the server responded with a status of 4\d\d/;
const AWAY = /net::ERR_|WebSocket connection .* failed/;
/** And this of a page that is logged out while it still connects. */
const CUT = /WebSocket is closed before the connection is established/;

/** Does it come at all? A loaded machine may take this long. */
const DEADLINE_MS = 30_000;
/** Of a test: it waits for much, one after the other. */
const TEST_MS = 240_000;

/** Keeps what the page says in its corner: it goes by itself after some seconds, perhaps before anybody has looked. */
const KEEP_WHAT_IS_SAID = `
  window.saidInCorner = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node instanceof Element)
          for (const one of [node, ...node.querySelectorAll('.toast')])
            if (one.matches('.toast')) window.saidInCorner.push(one.textContent);
  }).observe(document, { childList: true, subtree: true });
`;

export interface OpenOptions extends BrowserContextOptions {
  /** The manager goes away in this test. */
  readonly managerMayBeAway?: boolean;
  /** The manager refuses something in this test: the browser itself says so, too. */
  readonly refusalsAreExpected?: boolean;
}
export interface Dashboards {
  /** Opens a page; it is closed after the test, and whatever it complained of fails the test. */
  open(url: string, options?: OpenOptions): Promise<Page>;
}

/** @param flags more of them, without dashes */
export const launchBrowser = (flags: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM ?? '',
    timeout: 120_000,
    args: ['--headless=new', ...[...FLAGS, ...flags].map((flag) => `--${flag}`)],
  });

/** For the top of a test file, before `useWorld`: pages are closed before their manager goes, or they complain of that. */
export function useDashboards(): Dashboards {
  let browser: Browser | null = null;
  let complaints: string[] = [];
  jest.setTimeout(TEST_MS);
  beforeAll(async () => {
    buildPageOnce();
    if (CHROMIUM !== undefined) browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    const said = complaints;
    complaints = [];
    expect(said).toEqual([]);
  });
  return {
    async open(url, { managerMayBeAway = false, refusalsAreExpected = false, ...options } = {}) {
      if (browser === null) throw new Error('no browser');
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(DEADLINE_MS);
      await page.addInitScript(KEEP_WHAT_IS_SAID);
      page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() !== 'error' && message.type() !== 'warning') return;
        const isExpected =
          (managerMayBeAway && AWAY.test(message.text())) ||
          (refusalsAreExpected && (REFUSED.test(message.text()) || CUT.test(message.text())));
        if (!isExpected) complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    },
  };
}

/** Resolves when the page has said so in its corner, since it was loaded. */
export const untilSaid = (page: Page, words: string | RegExp): Promise<true> =>
  until(`the page to say ${words}`, DEADLINE_MS, async () =>
    (await page.evaluate<string[]>('window.saidInCorner')).some((said) =>
      typeof words === 'string' ? said.includes(words) : words.test(said),
    ),
  );

/** Resolves when this is what stands behind the path in the address bar, from the first character to the last. */
export async function untilAddress(page: Page, search: string | RegExp): Promise<void> {
  const isIt = (now: string) => (typeof search === 'string' ? now === search : search.test(now));
  let now = '';
  const found = until('the address', DEADLINE_MS, () => isIt((now = new URL(page.url()).search)));
  await found.catch(() => Promise.reject(new Error(`the address is ${now}, not ${search}`)));
}

/** dist/web as the sources are now. */
export function buildPageOnce(): void {
  const built = existsSync('dist/web/index.html') ? statSync('dist/web/index.html').mtimeMs : 0;
  const sources = ['web', 'protocol'].flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)),
  );
  if (Math.max(...sources.map((file) => statSync(file).mtimeMs)) <= built) return;
  const vite = [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--config', 'web/vite.config.ts'];
  const { status, stderr } = spawnSync(process.execPath, vite, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the dashboard does not build: ${stderr}`);
}
