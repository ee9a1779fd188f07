/** Another host becomes a worker: by approval, by the join line; and not, where somebody in between changes what it fetches. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplicantView, MintedToken } from '../../protocol/trust-http';
import { isAlive } from '../harness/leftovers';
import { PROCGUARD } from '../harness/manager';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { checkoutCopy } from '../seed/checkout-copy';
import { elsewhere, testElsewhere, type Elsewhere } from './elsewhere';
import { flippingProxy } from './flipping-proxy';
import { JoiningMachine } from './joining-machine';

const world = useWorld();
const DEADLINE_MS = 60_000;

/** As an operator does on the manager's machine. */
async function procguard({ manager }: Elsewhere, ...words: string[]): Promise<string> {
  const program = world.start([process.execPath, PROCGUARD, '--url', manager.url, ...words]);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`procguard ${words.join(' ')}: ${program.output}`);
  return program.output;
}

const waiting = async ({ manager }: Elsewhere): Promise<ApplicantView[]> =>
  (await manager.get<{ applicants: ApplicantView[] }>('/api/approvals')).applicants;

/** What a child writes down is on this disk, whichever host it runs on. */
const pidIn = (file: string): number => Number(textIn(file));

testElsewhere('start_worker.sh from another host')(
  'start_worker.sh without a token works as written, once its worker is approved; until then nothing runs',
  async () => {
    const there = await elsewhere(world, 31);
    const { host, manager, url } = there;
    const copy = checkoutCopy(world);
    const type = (line: string) => world.start([...host.on, 'sh', '-c', line], { cwd: copy });
    world.afterwards(async () => void (await type('./start_worker.sh --worker-id w2 --stop-all').ended));
    const launcher = type(
      `./start_worker.sh --worker-id w2 --manager-url ${url} --command "echo \\$\\$ >child.pid; exec sleep 1000"`,
    );
    const [, shown] = await until('its fingerprint', DEADLINE_MS, () =>
      /waits for approval; its fingerprint is ([0-9a-f-]+)\./.exec(launcher.output),
    );
    expect(await waiting(there)).toMatchObject([
      { worker_id: 'w2', fingerprint: shown, from: host.address, state: 'pending' },
    ]);
    // It is nobody yet, and nothing can be asked of it.
    expect(await manager.worker('w2')).toBeUndefined();
    expect(await manager.command('w2', 'start')).toMatchObject({ success: false });
    expect(pidIn(join(copy, 'child.pid'))).toBe(0);
    expect(launcher.isRunning).toBe(true);

    await procguard(there, 'approve', shown ?? '');
    await manager.until('it to be known', 'w2', ({ state }) => state === 'stopped');
    expect(await waiting(there)).toEqual([]);
    expect(await manager.command('w2', 'start')).toMatchObject({ success: true, status: 'done' });
    const { pid } = await manager.until('it to run', 'w2', ({ state }) => state === 'running');
    expect(pid).toBe(await until('the child to say so', DEADLINE_MS, () => pidIn(join(copy, 'child.pid')) || null));

    // Its key is in its data directory: nobody is asked again.
    await type('./start_worker.sh --worker-id w2 --stop').ended;
    expect((await launcher.ended).code).toBe(0);
    const again = type(`./start_worker.sh --worker-id w2 --manager-url ${url} --daemon`);
    expect([(await again.ended).code, again.output]).toEqual([0, expect.stringContaining(`connected to ${url}`)]);
    expect(isAlive(pid ?? 0)).toBe(true);
    await type('./start_worker.sh --worker-id w2 --stop').ended;
  },
);

testElsewhere('start_worker.sh --daemon from another host')(
  '--daemon returns with the fingerprint to approve',
  async () => {
    const there = await elsewhere(world, 32);
    const copy = checkoutCopy(world);
    const type = (line: string) => world.start([...there.host.on, 'sh', '-c', line], { cwd: copy });
    const started = type(`./start_worker.sh --worker-id w2 --manager-url ${there.url} --daemon --command "sleep 1000"`);
    world.afterwards(async () => void (await type('./start_worker.sh --worker-id w2 --stop').ended));
    expect((await started.ended).code).toBe(0);
    const [applicant] = await waiting(there);
    expect(started.output).toContain(`worker w2 waits for approval; its fingerprint is ${applicant?.fingerprint}`);
  },
);

testElsewhere('the join line')(
  'the join line makes a bare host an approved worker, whose process starts by curl; a used token lets nobody in',
  async () => {
    const there = await elsewhere(world, 33, { isNamed: true });
    const { host, manager, url } = there;
    const machine = new JoiningMachine(world, host.on);
    const minted = JSON.parse(
      await procguard(there, 'join-token', '-o', 'json', '--labels', 'team=nlp'),
    ) as MintedToken;
    const line = minted.join_command ?? '';
    expect(line).toBe(`curl -fsSL ${url}/join | sh -s -- --token ${minted.token}`);

    const joined = await machine.type(`${line} --worker-id w2 --command "echo \\$\\$ >child.pid; exec sleep 1000"`);
    expect(joined).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^launcher of worker w2, pid \d+, connected to /) as string,
    });
    // Connected is not yet synced: only then is it known to run nothing.
    await until('it to be idle', DEADLINE_MS, async () => (await manager.worker('w2'))?.state === 'idle');
    expect(await manager.worker('w2')).toMatchObject({ labels: { team: 'nlp' } });
    expect(pidIn(join(machine.cwd, 'child.pid'))).toBe(0);

    // The token has served: no file holds it, and no command line that lives on.
    const launcher = machine.launcherPid('w2') ?? 0;
    expect(readFileSync(`/proc/${launcher}/cmdline`, 'latin1')).not.toContain(minted.token);
    expect(existsSync(join(machine.home, 'joined/w2/token.env'))).toBe(false);

    const curl = world.start(['curl', '-s', '-d', '{"command":"start"}', `${manager.url}/api/workers/w2/command`]);
    await curl.ended;
    expect(JSON.parse(curl.output)).toMatchObject({ success: true, status: 'done' });
    const { pid } = await manager.until('it to run', 'w2', ({ state }) => state === 'running');
    expect(await until('the child to say so', DEADLINE_MS, () => pidIn(join(machine.cwd, 'child.pid')) || null)).toBe(
      pid,
    );

    // Nobody else by the same token; itself without one, for it has a key.
    const second = new JoiningMachine(world, host.on);
    expect(await second.type(`${line} --worker-id w3`)).toMatchObject({
      code: 1,
      output: expect.stringContaining('is not valid here: it was rotated, revoked, used up, or is over') as string,
    });
    expect(await machine.type(`curl -fsSL ${url}/join | sh -s -- --worker-id w2`)).toMatchObject({
      code: 0,
      output: expect.stringContaining('connected to') as string,
    });
    expect(isAlive(pid ?? 0)).toBe(true);
  },
);

testElsewhere('the join line without a token')('without a token the join line says what to approve', async () => {
  const there = await elsewhere(world, 34);
  const machine = new JoiningMachine(world, there.host.on);
  const joined = await machine.type(`curl -fsSL ${there.url}/join | sh -s -- --worker-id w2 -- sleep 1000`);
  const [applicant] = await waiting(there);
  expect(joined).toMatchObject({
    code: 0,
    output: expect.stringContaining(
      `worker w2 waits for approval; its fingerprint is ${applicant?.fingerprint}`,
    ) as string,
  });
  await procguard(there, 'approve', 'w2');
  await there.manager.until('it to be known', 'w2', ({ state }) => state === 'stopped');
  expect(await there.manager.command('w2', 'start')).toMatchObject({ success: true });
});

testElsewhere('a changed bundle')('a bundle that was changed on its way is refused', async () => {
  const there = await elsewhere(world, 35);
  const port = await flippingProxy(world, there.manager.url);
  const machine = new JoiningMachine(world, there.host.on);
  const minted = JSON.parse(await procguard(there, 'join-token', '-o', 'json')) as MintedToken;
  const refused = await machine.type(
    `curl -fsSL http://${there.host.ourAddress}:${port}/join | sh -s -- --worker-id w2 --token ${minted.token}`,
  );
  expect(refused).toMatchObject({
    code: 1,
    output: expect.stringMatching(/what came is not what the manager announced.*Nothing was installed/) as string,
  });
  expect(machine.installed()).toEqual([]);
  expect(await there.manager.worker('w2')).toBeUndefined();
});
