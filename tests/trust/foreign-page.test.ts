/**
 * Pages of other origins in a real browser, which would like to read, start and stop things at a manager that needs no
 * login from here: another port, another name, and a name that was made to point here (DNS rebinding).
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { managerHere, type ManagerHere } from '../api/manager-here';
import { ScriptedLauncher } from '../api/scripted-launcher';
import { RUN, running } from '../harness/launcher-words';
import { launchBrowser, withBrowser } from '../dashboard/browser';

/** As text: this program is compiled without the words of pages. */
const within = (page: Page, script: string, argument = ''): Promise<unknown> =>
  page.evaluate(`(${script})(${JSON.stringify(argument)})`);

withBrowser('a page of another origin', () => {
  let manager: ManagerHere;
  let launcher: ScriptedLauncher;
  let foreign: Server;
  let browser: Browser;
  let port: string;

  beforeAll(async () => {
    manager = await managerHere();
    port = new URL(manager.url).port;
    launcher = new ScriptedLauncher(manager.url, 'w1');
    await launcher.register();
    await launcher.connect();
    await launcher.sync(running(), [RUN]);
    await launcher.ship(RUN, 0, 'a secret line\n');
    foreign = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body></body>');
    });
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser(['host-resolver-rules=MAP evil.example 127.0.0.1, MAP rebound.example 127.0.0.1']);
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => foreign.close(resolve));
    launcher.close();
    await manager.stop();
  });

  /** Whether something comes at all is all that is asked. */
  const newPage = async (): Promise<Page> => {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    return page;
  };
  const visit = async (host: string): Promise<Page> => {
    const page = await newPage();
    await page.goto(`http://${host}:${(foreign.address() as AddressInfo).port}/`);
    return page;
  };
  /** What the launcher was told, and whether the worker is still there: whatever a page did would show. */
  const isUntouched = async (): Promise<void> => {
    expect(launcher.commands).toEqual([]);
    expect(Object.keys((await manager.get('/api/workers')).body as object)).toEqual(['w1']);
    expect((await manager.get('/api/workers/w1/logs?format=text&limit=0')).text).toBe('a secret line\n');
  };

  describe.each(['127.0.0.1', 'localhost', 'evil.example'])('from %s', (host) => {
    let page: Page;
    beforeAll(async () => {
      page = await visit(host);
    });
    afterAll(() => page.close());

    test('reads nothing by fetch, as cors or not', async () => {
      const read = await within(
        page,
        `async (url) => {
        const attempts = [
          fetch(\`\${url}/api/workers\`).then((reply) => reply.text()),
          fetch(\`\${url}/api/workers\`, { mode: 'no-cors', credentials: 'include' }).then((reply) => reply.text()),
          fetch(\`\${url}/api/workers/w1/logs\`, { headers: { authorization: 'Bearer x' } }).then((reply) => reply.text()),
        ];
        return Promise.all(attempts.map((one) => one.catch(() => 'refused')));
      }`,
        manager.url,
      );
      // An opaque answer has an empty text.
      expect(read).toEqual(['refused', expect.stringMatching(/^(refused)?$/), 'refused']);
    });

    test('starts and stops nothing by fetch, by a form, by a beacon', async () => {
      await within(
        page,
        `async (url) => {
        const stop = \`\${url}/api/workers/w1/command\`;
        const body = JSON.stringify({ command: 'stop' });
        const asked = (init) =>
          fetch(stop, { method: 'POST', body, ...init }).catch(() => null);
        await asked({});
        await asked({ mode: 'no-cors' });
        await asked({ mode: 'no-cors', headers: { 'content-type': 'text/plain' }, credentials: 'include' });
        await fetch(\`\${url}/api/workers/reset\`, { method: 'POST', mode: 'no-cors' }).catch(() => null);
        await fetch(\`\${url}/api/workers/w1/logs\`, { method: 'DELETE' }).catch(() => null);
        navigator.sendBeacon(stop, body);
      }`,
        manager.url,
      );
      // A form of text/plain can be made to spell JSON.
      await page.setContent(
        `<form method="post" enctype="text/plain" action="${manager.url}/api/workers/w1/command"><input name='{"command":"stop","x":"' value='"}'></form>`,
      );
      // The page that submits it may be gone before it has said so.
      const submitted = within(page, `() => document.forms[0]?.submit()`).catch(() => null);
      await Promise.all([page.waitForNavigation(), submitted]);
      expect(await page.content()).toContain('forbidden_origin');
      await isUntouched();
      await page.close();
      page = await visit(host);
    });

    test('opens no socket', async () => {
      const opened = await within(
        page,
        `(at) =>
          Promise.all(
            ['/socket.io/?EIO=4&transport=websocket'].map(
              (path) =>
                new Promise((resolve) => {
                  const socket = new WebSocket(\`ws://\${at}\${path}\`);
                  socket.onopen = () => resolve('open');
                  socket.onerror = () => resolve('refused');
                }),
            ),
          )`,
        `127.0.0.1:${port}`,
      );
      expect(opened).toEqual(['refused']);
    });

    test('loads nothing as a script, an image or a frame', async () => {
      const loaded = await within(
        page,
        `(url) =>
          Promise.all(
            (['script', 'img']).map(
              (tag) =>
                new Promise((resolve) => {
                  const element = document.createElement(tag);
                  element.onload = () => resolve('loaded');
                  element.onerror = () => resolve('refused');
                  element.src = \`\${url}/api/workers\`;
                  document.body.append(element);
                }),
            ),
          )`,
        manager.url,
      );
      expect(loaded).toEqual(['refused', 'refused']);
      const frame = await within(
        page,
        `async (url) => {
        const element = document.createElement('iframe');
        const done = new Promise((resolve) => (element.onload = resolve));
        element.src = url;
        document.body.append(element);
        await done;
        return element.contentDocument === null;
      }`,
        manager.url,
      );
      expect(frame).toBe(true);
      const shown = page.frames().find((one) => one !== page.mainFrame());
      expect(await shown?.content().catch(() => '')).not.toContain('<div id="root"');
      await isUntouched();
    });
  });

  test('a name that was made to point here is refused, whatever it asks', async () => {
    const page = await newPage();
    const answer = await page.goto(`http://rebound.example:${port}/api/workers`);
    expect([answer?.status(), await page.content()]).toEqual([403, expect.stringContaining('forbidden_host')]);
    // From a page of that very name everything is of one origin, and only the Host tells.
    const said = await within(
      page,
      `async () => {
      const stop = { method: 'POST', body: JSON.stringify({ command: 'stop' }) };
      const replies = [await fetch('/api/workers'), await fetch('/api/workers/w1/command', stop)];
      return replies.map(({ status }) => status);
    }`,
    );
    expect(said).toEqual([403, 403]);
    await isUntouched();
    await page.close();
  });
});
