/** A real browser on the dashboard. What the page complains of (console errors, exceptions) fails the test. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const CHROMIUM = process.env['PROCGUARD_CHROMIUM'] ?? PLACES.find((path) => existsSync(path));
const FLAGS = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking'];

/** Without a browser these tests cannot say anything: they are skipped, and say why. */
export const withBrowser = CHROMIUM === undefined ? describe.skip : describe;

/** The browser itself says these of a manager that refuses, or is away; the page can neither prevent nor hide it. */
const REFUSED = /the server responded with a status of 4\d\d/;
const AWAY = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|WebSocket connection .* failed/;

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
    args: ['--headless=new', ...[...FLAGS, ...flags].map((flag) => `--${flag}`)],
  });

/** For the top of a test file, before `useWorld`: pages are closed before their manager goes, or they complain of that. */
export function useDashboards(): Dashboards {
  let browser: Browser | null = null;
  let complaints: string[] = [];
  beforeAll(async () => {
    buildPageOnce();
    if (CHROMIUM !== undefined) browser = await launchBrowser();
  }, 60_000);
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
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() !== 'error' && message.type() !== 'warning') return;
        const isExpected =
          (managerMayBeAway && AWAY.test(message.text())) || (refusalsAreExpected && REFUSED.test(message.text()));
        if (!isExpected) complaints.push(message.text());
      });
      await page.goto(url);
      return page;
    },
  };
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
