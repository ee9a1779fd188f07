/** Why something is as it is: the panel of a process and of a worker, what waits, what is disabled, what was recovered. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLauncher } from '../harness/launcher';
import { StartedManager } from '../harness/manager';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { untilAddress, useDashboards, withBrowser } from './browser';
import { COUNTING, startFleet, startProcesses, untilProcess } from './fleet-here';

const dashboards = useDashboards();
const world = useWorld();

withBrowser('why', () => {
  it('tells the cause, the evidence and what can be done, and tells anew when that changes', async () => {
    const manager = await StartedManager.start(world);
    const command = 'echo about to fail; exit 7';
    startProcesses(world, manager, 'w1', [{ name: 'crasher', command, max_restarts: 1, restart_delay: 0.1 }]);
    // Its end and its output come on ways of their own, and it is tried twice.
    const said = 2 * 'about to fail\n'.length;
    await untilProcess(
      manager,
      'w1/crasher',
      'to be given up',
      ({ state, log_bytes: bytes }) => state === 'failed' && bytes >= said,
    );
    const page = await dashboards.open(`${manager.url}/?p=w1/crasher`);
    await page.getByRole('tab', { name: 'Why' }).click();
    const cause = page.getByRole('region', { name: 'Cause' });
    await cause.getByText(/its budget is spent.*exit code 7/).waitFor();
    await cause.getByText('nothing happens by itself').waitFor();
    await page.getByText('output: about to fail').waitFor();
    await page.getByRole('button', { name: 'Copy: procguard start w1/crasher' }).waitFor();
    await fetch(`${manager.url}/api/workers/w1/disable`, {
      method: 'POST',
      body: JSON.stringify({ process: 'crasher', reason: 'looked into' }),
    });
    await cause.getByText('disabled', { exact: true }).waitFor();
    await cause.getByText(/looked into/).waitFor();
  });

  it('says what a process waits for, how that is, and leads to it', async () => {
    const manager = await StartedManager.start(world);
    startProcesses(world, manager, 'w1', [
      { name: 'db', command: COUNTING, ready: { exec: 'false', within: null } },
      { name: 'web', command: COUNTING, depends_on: { db: 'ready' } },
    ]);
    await untilProcess(manager, 'w1/web', 'to wait', ({ state }) => state === 'waiting');
    await untilProcess(manager, 'w1/db', 'to run', ({ state, ready }) => state === 'running' && ready === false);
    const page = await dashboards.open(`${manager.url}/?p=w1/web&tab=why`);
    await page.getByRole('button', { name: /^waiting 1/ }).waitFor();
    const waits = page.getByRole('list', { name: 'What it waits for' });
    await waits.getByText('must be ready (running, not ready yet)').waitFor();
    await page.getByText('What lies behind it').waitFor();
    await page.getByText(/it runs and is not ready yet/).waitFor();
    await waits.getByRole('link', { name: 'w1/db' }).click();
    await page.getByRole('region', { name: 'Process w1/db' }).getByText('not ready yet', { exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('region', { name: 'Process w1/web' }).waitFor();
  });

  it('tells of a worker, and of what runs on it', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(manager.url);
    await page.getByRole('link', { name: 'Worker w1' }).click();
    const panel = page.getByRole('region', { name: 'Worker w1', exact: true });
    await panel.getByRole('region', { name: 'Cause' }).waitFor();
    await untilAddress(page, '?w=w1&tab=why');
    await panel.getByRole('tab', { name: 'Details' }).click();
    await panel.getByText('Cores').waitFor();
    await panel.getByRole('link', { name: 'w1/w1' }).click();
    await page.getByRole('region', { name: 'Process w1/w1' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Process w1/w1' }).waitFor({ state: 'detached' });
  });

  it('owes nothing for what ended well, and counts as running what runs', async () => {
    const manager = await StartedManager.start(world);
    startProcesses(world, manager, 'w1', [
      { name: 'once', command: 'true', restart_policy: 'never' },
      { name: 'crashes', command: 'exit 3', restart_delay: 600 },
      { name: 'runs', command: COUNTING },
    ]);
    const untilIs = (name: string, wanted: string) =>
      untilProcess(manager, `w1/${name}`, `to be ${wanted}`, ({ state }) => state === wanted);
    await Promise.all([untilIs('once', 'exited'), untilIs('crashes', 'backoff'), untilIs('runs', 'running')]);
    const page = await dashboards.open(`${manager.url}/?p=w1/once`);
    const panel = page.getByRole('region', { name: 'Process w1/once' });
    await panel.getByText('exited', { exact: true }).first().waitFor();
    expect(await page.getByText('should run').count()).toBe(0);
    await page.goto(`${manager.url}/?w=w1&tab=why`);
    const worker = page.getByRole('region', { name: 'Worker w1', exact: true });
    await worker.getByText('it is connected, and 1 of its processes run', { exact: true }).waitFor();
    await worker.getByText('1 running', { exact: true }).waitFor();
  });

  it('says that a restart is owed while what runs has an older definition, and no longer than that', async () => {
    const manager = await StartedManager.start(world);
    const file = join(world.directory(), 'worker.yaml');
    const write = (command: string) =>
      writeFileSync(file, JSON.stringify({ processes: [{ name: 'web', command, auto_start: true }] }));
    write('exec sleep 1000');
    const launcher = startLauncher(world, { worker: 'w1', managerUrl: manager.url, flags: ['--config', file] });
    const before = await untilProcess(manager, 'w1/web', 'to run', ({ state }) => state === 'running');
    expect(before.notes).toEqual([]);
    write('exec sleep 1001');
    process.kill(launcher.program.pid, 'SIGHUP');
    const owed = 'it runs an older definition; procguard restart w1/web takes the new one';
    const seen = await untilProcess(manager, 'w1/web', 'to be told', ({ command }) => command === 'exec sleep 1001');
    expect([seen.notes, seen.pid]).toEqual([[owed], before.pid]);
    const page = await dashboards.open(`${manager.url}/?p=w1/web&tab=details`);
    await page.getByText(owed, { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Why' }).click();
    await page.getByText(owed).waitFor();
    await page.getByRole('button', { name: 'Copy: procguard restart w1/web' }).waitFor();
    await fetch(`${manager.url}/api/workers/w1/restart`, { method: 'POST', body: JSON.stringify({ process: 'web' }) });
    const after = await untilProcess(manager, 'w1/web', 'to run anew', ({ pid }) => pid !== null && pid !== before.pid);
    expect(after.notes).toEqual([]);
    await page.getByText(owed).waitFor({ state: 'detached' });
  });

  it('disables with a reason and an end, shows both, and enables again', async () => {
    const manager = await startFleet(world, { w1: COUNTING });
    const page = await dashboards.open(`${manager.url}/?p=w1/w1`, { timezoneId: 'Asia/Kolkata' });
    const panel = page.getByRole('region', { name: 'Process w1/w1' });
    await panel.getByRole('button', { name: 'Actions for w1/w1' }).click();
    await page.getByRole('menuitem', { name: 'Disable…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('its disk is replaced');
    await dialog.getByRole('button', { name: '2h', exact: true }).click();
    await dialog.getByRole('button', { name: 'Disable 1' }).click();
    await panel.getByText(/Disabled by operator 127\.0\.0\.1: its disk is replaced until .*in 1h 5\dm/).waitFor();
    // It is disabled at once, and its end is waited for.
    const kept = await manager.until('w1 to be stopped', 'w1', ({ state }) => state === 'stopped');
    expect(kept.disabled).toMatchObject({ reason: 'its disk is replaced' });
    // What the manager tells in UTC is read by the reader's clock.
    const until = new Date((kept.disabled?.untilMs ?? 0) + 5.5 * 3_600_000).toISOString().slice(11, 19);
    await panel.getByRole('tab', { name: 'Events' }).click();
    const told = await panel
      .getByText(/disabled.*until/i)
      .last()
      .innerText();
    expect(told).toContain(until);
    await panel.getByRole('button', { name: 'Enable' }).click();
    await manager.until('w1 to run again', 'w1', ({ state, disabled }) => state === 'running' && disabled === null);
    await panel.getByText(/Disabled by/).waitFor({ state: 'detached' });
  });

  it('tells what was recovered as a story, and an incident on every page while it goes on', async () => {
    const manager = await StartedManager.start(world, {
      env: {
        PROCGUARD_RECOVERY_BRAKE_FAILURES: '3',
        PROCGUARD_RECOVERY_BRAKE_HOLD: '600',
        PROCGUARD_RECOVERY_BRAKE_WINDOW: '300',
        PROCGUARD_MONITORING_INTERVAL: '0.2',
      },
    });
    const healthy = join(world.directory(), 'healthy');
    writeFileSync(healthy, '');
    // One ask may take long, and is none the worse for it.
    const check = { exec: `[ -e ${healthy} ]`, timeout: 60 };
    const crashes = { name: 'once', command: '[ -e gone ] && exec sleep 1000; touch gone; exit 3', restart_delay: 0.1 };
    startProcesses(world, manager, 'w0', [{ ...crashes, working_dir: world.directory() }]);
    const page = await dashboards.open(`${manager.url}/?view=recovery`);
    const story = page.getByRole('listitem').filter({ hasText: 'w0/once' }).filter({ hasText: 'running again' });
    await story.waitFor();
    expect(await story.innerText()).toMatch(
      /succeeded[^]*crash[^]*attempt 1 of 10[^]*Found\s+exit code 3[^]*Decided[^]*Did[^]*Result[^]*took/,
    );
    // Health checks are asked every ten seconds: three at once are failures of their alive probes instead.
    startProcesses(
      world,
      manager,
      'w1',
      ['a', 'b', 'c', 'd'].map((name) => ({
        name,
        command: 'sleep 1000',
        ready: { ...check },
        alive: [{ ...check, interval: 0.2, failures: 1 }],
      })),
    );
    await until('all to be ready', 30_000, async () => {
      const { processes } = await manager.get<{ processes: { ready: boolean | null }[] }>('/api/processes');
      return processes.length === 5 && processes.every(({ ready }) => ready === true);
    });
    rmSync(healthy);
    const banner = page.getByRole('alert').filter({ hasText: 'failures at once' });
    await banner.getByText(/FailureHandler holds back.*lets go in/).waitFor();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await page.getByRole('link', { name: 'Events' }).click();
    await banner.waitFor();
    await banner.getByRole('button', { name: 'Recovery' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
  });
});
