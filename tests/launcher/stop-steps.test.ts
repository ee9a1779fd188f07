/** A stop by steps, with programs that take their time, and over the death of the launcher. */
import type { CommandResult } from '../../protocol/link';
import type { StopCertificate } from '../../protocol/process-state';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

/** Says each signal that it gets; ends at the one in `end`. */
const program = (end: string): string => {
  const traps = ['TERM', 'USR1', 'QUIT'].map((name) => `trap 'echo ${name}${name === end ? '; exit 3' : ''}' ${name}`);
  return `${traps.join('; ')}; echo up; while :; do sleep 0.02; done`;
};

async function keep(command: string, stop: object): Promise<{ manager: TinyManager; launcher: StartedLauncher }> {
  const manager = await managerOf();
  const launcher = startLauncher(world, { managerUrl: manager.url });
  await until('the connection', 30_000, () => manager.syncs.length > 0);
  expect(await manager.order({ kind: 'define', spec: { name: 'p', command, stop }, start: true })).toMatchObject({
    ok: true,
  });
  await until('the program to be up', 30_000, () => manager.textOf().includes('up'));
  return { manager, launcher };
}

/** Long enough for a program that stands still for a while to say one signal before the next one. */
const GRACE_MS = 5_000;
const STEPS = {
  signal: 'SIGTERM',
  graceMs: GRACE_MS,
  then: [
    { signal: 'SIGUSR1', graceMs: GRACE_MS },
    { signal: 'SIGQUIT', graceMs: 60_000 },
  ],
};
const signalsOf = (certificate: StopCertificate | null): string[] => [
  ...new Set(certificate?.signals.map(({ signal }) => signal)),
];
/** The signals it said, without what its shell says about them. */
const said = ({ manager }: { manager: TinyManager }): string[] =>
  manager
    .textOf()
    .split('\n')
    .filter((line) => /^(TERM|USR1|QUIT)$/.test(line));

test('each step when the grace before it is over, and no further than needed', async () => {
  const kept = await keep(program('QUIT'), STEPS);
  const { ok, message, certificate } = await kept.manager.control({ process: 'p', verb: 'stop' });
  expect({ ok, message }).toEqual({ ok: true, message: expect.stringContaining('stopped, exit code 3') });
  expect(signalsOf(certificate)).toEqual(['SIGTERM', 'SIGUSR1', 'SIGQUIT']);
  // Each grace counts from the decision, and the certificate from a moment later.
  const { sinceMs = Infinity } = kept.manager.states('p').find(({ kind }) => kind === 'stopping') ?? {};
  const sentMs = (name: string): number =>
    certificate!.requestedAtMs + certificate!.signals.find(({ signal }) => signal === name)!.afterMs;
  expect(sentMs('SIGUSR1')).toBeGreaterThanOrEqual(sinceMs + GRACE_MS);
  expect(sentMs('SIGQUIT')).toBeGreaterThanOrEqual(sinceMs + 2 * GRACE_MS);
  await until('its words', 30_000, () => said(kept).length === 3);
  expect(said(kept)).toEqual(['TERM', 'USR1', 'QUIT']);
});

test('after the last step SIGKILL', async () => {
  const { manager } = await keep(program('none'), {
    ...STEPS,
    graceMs: 200,
    then: [{ signal: 'SIGUSR1', graceMs: 100 }],
  });
  const { message, certificate } = await manager.control({ process: 'p', verb: 'stop' });
  expect(message).toMatch(/^stopped, killed by SIGKILL/);
  expect(signalsOf(certificate)).toEqual(['SIGTERM', 'SIGUSR1', 'SIGKILL']);
});

test('a kill in the middle skips the rest', async () => {
  const kept = await keep(program('none'), { ...STEPS, graceMs: 60_000 });
  const { manager } = kept;
  const stop = manager.begin({ kind: 'control', process: 'p', verb: 'stop' });
  await until('the first signal', 30_000, () => said(kept).includes('TERM'));
  const results: CommandResult[] = [await manager.control({ process: 'p', verb: 'kill' }), await manager.answer(stop)];
  for (const { ok, certificate } of results) {
    expect(ok).toBe(true);
    expect(signalsOf(certificate)).toEqual(['SIGTERM', 'SIGKILL']);
  }
});

test('a launcher killed between two steps is followed by one that goes on there', async () => {
  const then = [
    { signal: 'SIGUSR1', graceMs: 8_000 },
    { signal: 'SIGQUIT', graceMs: 60_000 },
  ];
  const kept = await keep(program('QUIT'), { ...STEPS, then });
  const { manager, launcher } = kept;
  const stop = manager.begin({ kind: 'control', process: 'p', verb: 'stop' });
  await until('the second step', 30_000, () => said(kept).includes('USR1'));
  await launcher.program.end('SIGKILL');
  launcher.again();
  const { ok, certificate } = await manager.answer(stop);
  expect(ok).toBe(true);
  expect(signalsOf(certificate)).toEqual(['SIGUSR1', 'SIGQUIT']);
  await until('its last word', 30_000, () => said(kept).includes('QUIT'));
  // The step it was in is said again, because nobody knows whether it was sent; the first one is not.
  expect(said(kept)).toEqual(['TERM', 'USR1', 'USR1', 'QUIT']);
});
