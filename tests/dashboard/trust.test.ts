/** Who may do what, from the page: set-up, login, workers let in and cut off, users, the audit, and the way out. */
import type { Page } from 'playwright-core';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { codeNow } from '../trust/asker';
import { elsewhere, testElsewhere, type Elsewhere } from '../trust/elsewhere';
import { untilAddress, untilSaid, useDashboards, withBrowser } from './browser';
import { startFleet, COUNTING } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();
/** Refusals are what these are about, and the browser itself says each. */
const refused = { refusalsAreExpected: true } as const;
const PASSWORD = 'correct horse battery';

const setupToken = (manager: StartedManager): Promise<string> =>
  until('the set-up link', 30_000, () => /\?setup=(\S+)/.exec(manager.program.output)?.[1]);

async function setUp(manager: StartedManager): Promise<Page> {
  const page = await dashboards.open(`${manager.url}/?setup=${await setupToken(manager)}`, refused);
  // Before anything else: what is in the address bar is over the reader's shoulder, and in the browser's history.
  await untilAddress(page, '');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('The password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the user and log in' }).click();
  await page.getByRole('button', { name: 'Account of ada' }).waitFor();
  return page;
}

async function logIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Adds a user by the page, with the right that is chosen there. */
async function addUser(page: Page, name: string, role: string): Promise<void> {
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('button', { name: 'Add a user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByLabel('Role').selectOption(role);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('row', { name: new RegExp(`${name}.*${role}`, 's') }).waitFor();
}

const onThat = (place: Elsewhere, worker: string, flags: readonly string[]): StartedLauncher =>
  startLauncher(world, { worker, managerUrl: place.url, on: place.host.on, flags });

/** What a dialog shows this once. */
async function shownToken(page: Page): Promise<string> {
  const token = await page.getByRole('dialog').getByLabel('The token', { exact: true }).innerText();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  return token.trim();
}

withBrowser('the page of those who keep it', () => {
  testElsewhere('a worker is added, approved and cut off by the page')(
    'adds a worker, approves another, rotates a token, and finds all of it in the audit',
    async () => {
      const place = await elsewhere(world, 77);
      const page = await setUp(place.manager);

      await page.getByRole('link', { name: 'Workers' }).click();
      await page.getByRole('button', { name: 'Add a worker' }).click();
      await page.getByRole('dialog').getByLabel('Name').fill('gpu-1');
      await page.getByRole('dialog').getByLabel('Worker id').fill('gpu-1');
      await page.getByRole('button', { name: 'Make its token' }).click();
      const line = await page.getByRole('dialog').getByLabel('The command line').innerText();
      const token = await shownToken(page);
      expect(token).toMatch(/^wt_/);
      expect(line).toContain('gpu-1');
      onThat(place, 'gpu-1', ['--token', token, '--command', COUNTING, '--auto-start']);
      await page.getByRole('row', { name: /gpu-1.*busy.*its token.*added here/s }).waitFor();

      // Nobody vouches for the second one: it is seen on every page, and both sides show the same fingerprint.
      await page.getByRole('link', { name: 'Events' }).click();
      const second = onThat(place, 'gpu-2', []);
      await page.getByText('A machine asks to work here.').waitFor();
      await page.getByRole('button', { name: 'Look at it' }).click();
      const card = page.getByRole('listitem', { name: 'gpu-2' });
      const fingerprint = (await card.locator('code').first().innerText()).trim();
      await until('its launcher to show the same', 30_000, () => second.program.output.includes(fingerprint));
      await card.getByRole('button', { name: 'Approve…' }).click();
      await page.getByRole('dialog').getByLabel('Labels').fill('team=nlp');
      await page.getByRole('dialog').getByRole('button', { name: 'Approve', exact: true }).click();
      await page.getByRole('row', { name: /gpu-2.*idle.*team=nlp.*its own key.*approved/s }).waitFor();
      await card.waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'Actions for gpu-1' }).click();
      await page.getByRole('menuitem', { name: 'A new token…' }).click();
      await page.getByText('The old one stops working at once').waitFor();
      await page.getByRole('button', { name: 'Make a new token' }).click();
      expect(await shownToken(page)).not.toBe(token);
      await page.getByRole('row', { name: /gpu-1.*(offline|stale)/s }).waitFor();

      await page.getByRole('link', { name: 'Audit' }).click();
      for (const what of ['worker.approved', 'worker.token.rotated', 'worker.token.created', 'auth.setup']) {
        await page.getByLabel('Type').selectOption(what);
        // The list before may stand there still, with one entry too.
        await page.locator('.audit-line').filter({ hasText: what }).click();
        await page.locator('.audit-details').getByText(what).waitFor();
        await page.getByText('1 entry').waitFor();
      }
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.getByText(/The chain holds: \d+ entries checked/).waitFor();
    },
  );

  it('offers a viewer nothing that a viewer may not do, and says who may', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const admin = await dashboards.open(manager.url, refused);
    await admin.getByText('No user is defined').waitFor();
    await admin.getByRole('button', { name: 'Add the first user' }).click();
    await admin.getByRole('main').getByRole('button', { name: 'Add the first user' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name').fill('ada');
    await dialog.getByLabel('Password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    // The door that was open is closed now, for this page too.
    await admin.getByText('Users are defined now').waitFor();
    await logIn(admin, 'ada');
    await admin.getByRole('button', { name: 'Account of ada' }).waitFor();
    await addUser(admin, 'vera', 'viewer');

    const page = await dashboards.open(`${manager.url}/?p=w1/w1`, refused);
    await logIn(page, 'vera', 'not the password');
    await page.getByRole('alert').waitFor();
    await logIn(page, 'vera');
    const panel = page.getByRole('region', { name: 'Process w1/w1' });
    const stop = panel.getByRole('button', { name: 'Stop', exact: true });
    await stop.waitFor();
    expect(await stop.getAttribute('aria-disabled')).toBe('true');
    await stop.click({ force: true });
    await untilSaid(page, 'You may not: this takes the role operator.');
    // Nor by the keyboard.
    await page.keyboard.press('s');
    await untilSaid(page, 'w1 was not stopped');
    expect((await page.getByRole('navigation', { name: 'Pages' }).innerText()).split('\n')).not.toContain('Users');
    await page.goto(`${manager.url}/?view=users`);
    await page.getByText('This page takes the role admin').waitFor();
    await page.goto(`${manager.url}/?view=definitions&q=kept`);
    await page.getByRole('button', { name: 'Define a process' }).waitFor();

    // Whoever is deleted is out at once, and the page says so and stays where it was.
    await admin.getByRole('button', { name: 'Actions for vera' }).click();
    await admin.getByRole('menuitem', { name: 'Delete…' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('The session of vera has ended').waitFor();
    await untilAddress(page, '?view=definitions&q=kept');
    await logIn(page, 'ada');
    await page.getByRole('button', { name: 'Account of ada' }).waitFor();
    await untilAddress(page, '?view=definitions&q=kept');
  });

  it('puts a second factor on with the password and a code, and takes it off with another', async () => {
    const manager = await StartedManager.start(world, { host: '0.0.0.0' });
    const page = await setUp(manager);
    await page.getByRole('button', { name: 'Account of ada' }).click();
    await page.getByRole('menuitem', { name: 'Account and tokens' }).click();
    await page.getByRole('button', { name: 'Turn on…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your password').fill('not the password');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Go on' }).click();
    const secret = (await dialog.locator('pre[aria-label="Secret"]').innerText()).trim();
    await dialog.getByRole('textbox', { name: 'Code' }).fill(codeNow(secret));
    await dialog.getByRole('button', { name: 'Turn it on' }).click();
    await untilSaid(page, 'The second factor is on.');
    await page.getByRole('button', { name: 'Turn off…' }).click();
    await dialog.getByRole('textbox', { name: 'Code' }).fill(codeNow(secret, 1));
    await dialog.getByRole('button', { name: 'Turn it off' }).click();
    await untilSaid(page, 'The second factor is off.');
  });

  it('forgets everything at a logout, and never kept a secret', async () => {
    const manager = await StartedManager.start(world, { host: '0.0.0.0' });
    const page = await setUp(manager);
    await page.getByRole('button', { name: 'Account of ada' }).click();
    await page.getByRole('menuitem', { name: 'Account and tokens' }).click();
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('ci');
    await page.getByRole('dialog').getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('dialog').getByRole('button', { name: 'Make it' }).click();
    const token = await shownToken(page);
    await page.getByRole('row', { name: /ci/ }).waitFor();
    const whoAmI = await fetch(`${manager.url}/api/session`, { headers: { authorization: `Bearer ${token}` } });
    expect(await whoAmI.json()).toMatchObject({ state: 'in', grants: ['admin'] });

    await page.getByRole('button', { name: 'Account of ada' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.getByRole('banner').count()).toBe(0);
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    expect(kept).not.toMatch(new RegExp(`${token}|${PASSWORD}|setup|session|ada`));
    await page.goBack();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await logIn(page, 'ada');
    await page.getByRole('button', { name: 'Account of ada' }).waitFor();
  });
});
