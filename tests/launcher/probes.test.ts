/** Every probe, ready and alive, good and bad, with real programs and sockets; and over the death of the launcher. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessState } from '../../protocol/process-state';
import { startLauncher, type StartedLauncher } from '../harness/launcher';
import { findMarked } from '../harness/leftovers';
import { quietPort } from '../harness/quiet-port';
import { textIn } from '../harness/text-in';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';
import { useTinyManager, type TinyManager } from './tiny-manager';

const world = useWorld();
const managerOf = useTinyManager(world);

type In<K extends ProcessState['kind']> = Extract<ProcessState, { kind: K }>;

/** One process `p`, kept by a real launcher. Its directory is where the test leaves signs for it. */
interface Kept {
  readonly manager: TinyManager;
  readonly launcher: StartedLauncher;
  readonly dir: string;
  /** Makes a file that the program or a probe looks for. */
  sign(name: string, text?: string): void;
  state(): ProcessState | undefined;
  /** Its state, when it holds. */
  until<K extends ProcessState['kind']>(what: string, kind: K, holds?: (state: In<K>) => boolean): Promise<In<K>>;
}

async function keep(command: string, probes: object): Promise<Kept> {
  const manager = await managerOf();
  const dir = world.directory();
  const file = join(dir, 'processes.json');
  const spec = { name: 'p', command, workingDir: dir, autoStart: true, restart: { when: 'never' }, ...probes };
  writeFileSync(file, JSON.stringify([spec]));
  const launcher = startLauncher(world, { managerUrl: manager.url, flags: ['--processes', file] });
  const state = (): ProcessState | undefined => manager.report('p')?.state;
  return {
    manager,
    launcher,
    dir,
    sign: (name, text = '') => {
      // Whole at once: who reads it finds the old text or the new one.
      writeFileSync(join(dir, `${name}.next`), text);
      renameSync(join(dir, `${name}.next`), join(dir, name));
    },
    state,
    until: <K extends ProcessState['kind']>(what: string, kind: K, holds: (state: In<K>) => boolean = () => true) =>
      until<In<K>>(what, 30_000, () => {
        const now = state();
        return now?.kind === kind && holds(now as In<K>) ? (now as In<K>) : undefined;
      }),
  };
}

const isReady = ({ readyAtMs }: { readyAtMs: number | null }): boolean => readyAtMs !== null;
const isNotReady = ({ readyAtMs }: { readyAtMs: number | null }): boolean => readyAtMs === null;

/** The run that a failed probe ended, as it is told. */
async function failure({ manager }: Kept): Promise<{ cause: string; evidence: string }> {
  const { exit } = await until('the end', 30_000, () => manager.ended('p')[0]);
  return { cause: exit.cause?.kind ?? 'none', evidence: exit.cause?.evidence ?? '' };
}

/** Answers GET with the status in the file `status`; when there is a file `close`, it stops to listen and lives on. */
const SERVER = (port: number): string => `exec '${process.execPath}' -e '
  const fs = require("fs");
  const server = require("http").createServer((_, reply) => {
    reply.statusCode = Number(fs.readFileSync("status", "utf8"));
    reply.end("model not loaded");
  }).listen(${port}, "127.0.0.1");
  setInterval(() => { if (fs.existsSync("close")) server.close(); }, 20);
'`;
/** Waits for a file. */
const AWAIT = (name: string): string => `until [ -e ${name} ]; do sleep 0.02; done`;
/** Who is asked may stand still for a while. */
const SLOW = { intervalMs: 100, timeoutMs: 20_000 };
/** What is to be alive may stand still for as long. */
const FOR_MS = 6_000;

describe('ready', () => {
  test('http: 503 is not ready, 200 is; a start is answered then and not before', async () => {
    const port = await quietPort();
    const url = `http://127.0.0.1:${port}/`;
    const kept = await keep(`echo 503 > status; ${SERVER(port)}`, { ready: { check: { kind: 'http', url }, ...SLOW } });
    await kept.until('it to run', 'running', isNotReady);
    const restarted = kept.manager.control({ process: 'p', verb: 'start' });
    let isAnswered = false;
    void restarted.then(() => (isAnswered = true));
    await until('the server', 30_000, async () => (await fetch(url).catch(() => null))?.status === 503);
    expect([isAnswered, kept.state()]).toMatchObject([false, { kind: 'running', readyAtMs: null }]);
    kept.sign('status', '200');
    await kept.until('it to be ready', 'running', isReady);
    expect(await restarted).toMatchObject({ ok: true });
  });

  test('tcp: ready when the port is open', async () => {
    const port = await quietPort();
    const check = { kind: 'tcp', port };
    const kept = await keep(`echo 200 > status; ${AWAIT('go')}; ${SERVER(port)}`, { ready: { check, ...SLOW } });
    await kept.until('it to run', 'running', isNotReady);
    kept.sign('go');
    await kept.until('it to be ready', 'running', isReady);
  });

  test('exec: ready when the command ends with 0; it runs in the directory and environment of the process', async () => {
    const check = { kind: 'exec', command: 'test "$MODE" = fast && test -e go' };
    const kept = await keep('exec sleep 1000', { env: { MODE: 'fast' }, ready: { check, ...SLOW } });
    await kept.until('it to run', 'running', isNotReady);
    kept.sign('go');
    await kept.until('it to be ready', 'running', isReady);
  });

  test('log: ready at the line, also behind a megabyte in one line, noise and colours', async () => {
    const noise = 'head -c 1000000 /dev/zero | tr "\\0" x; head -c 300000 /dev/urandom; echo';
    const check = { kind: 'log', pattern: '^server is READY$' };
    const kept = await keep(
      `${noise}; ${AWAIT('go')}; printf 'server is \\033[32mREADY\\033[0m\\r\\n'; exec sleep 1000`,
      {
        ready: { check, withinMs: null },
      },
    );
    await kept.until('it to run', 'running', isNotReady);
    await until('the noise', 30_000, () => kept.manager.textOf().length > 1_200_000);
    expect(kept.state()).toMatchObject({ readyAtMs: null });
    kept.sign('go');
    await kept.until('it to be ready', 'running', isReady);
  });

  test('too late is a failure of the run, with what was seen last', async () => {
    const check = { kind: 'exec', command: 'echo loading 3 of 7; exit 1' };
    const kept = await keep('exec sleep 1000', { ready: { check, ...SLOW, withinMs: 6_000 } });
    expect(await failure(kept)).toEqual({ cause: 'probe', evidence: expect.stringContaining('loading 3 of 7') });
    const { why } = await kept.until('it to be given up', 'failed');
    expect(why).toContain('not ready within 6 s (exec echo loading 3 of 7; exit 1)');
  });

  test('once ready, its own probe ends nothing', async () => {
    const kept = await keep(`${AWAIT('never')}`, {
      ready: { check: { kind: 'exec', command: 'test -e go' }, ...SLOW, withinMs: 8_000 },
    });
    kept.sign('go');
    const { run, sinceMs } = await kept.until('it to be ready', 'running', isReady);
    await until('its time to be over', 30_000, () => Date.now() - sinceMs > 9_000);
    expect(kept.state()).toMatchObject({ kind: 'running', run });
  });
});

describe('alive', () => {
  const alive = (check: object, more: object = {}): object => ({
    alive: [{ check, ...SLOW, failuresMax: 2, ...more }],
  });

  test('http: bad answers in a row end the run', async () => {
    const port = await quietPort();
    const check = { kind: 'http', url: `http://127.0.0.1:${port}/health` };
    const kept = await keep(`echo 200 > status; ${SERVER(port)}`, {
      ...alive(check),
      ready: { check, ...SLOW },
    });
    await kept.until('it to be ready', 'running', isReady);
    kept.sign('status', '500');
    expect(await failure(kept)).toEqual({
      cause: 'probe',
      evidence: expect.stringContaining('answered 500: model not loaded'),
    });
    expect(kept.state()?.why).toMatch(/GET http:\S+\/health failed 2 times in a row/);
  });

  test('tcp: a port that is closed ends the run', async () => {
    const port = await quietPort();
    const check = { kind: 'tcp', port };
    const kept = await keep(`echo 200 > status; ${SERVER(port)}`, { ...alive(check), ready: { check, ...SLOW } });
    await kept.until('it to be ready', 'running', isReady);
    kept.sign('close');
    expect((await failure(kept)).evidence).toContain('ECONNREFUSED');
  });

  test('exec: its last words are the evidence', async () => {
    const check = { kind: 'exec', command: 'test -e sick && { echo "queue is stuck" >&2; exit 3; }; true' };
    const kept = await keep('exec sleep 1000', alive(check));
    await kept.until('it to run', 'running');
    kept.sign('sick');
    expect(await failure(kept)).toEqual({
      cause: 'probe',
      evidence: expect.stringContaining('exit code 3: queue is stuck'),
    });
  });

  test('exec: one that hangs is ended with all that it started, and asks never overlap', async () => {
    const check = { kind: 'exec', command: 'date +%s%3N >> asks; sleep 4711 & sleep 4711' };
    const kept = await keep('exec sleep 1000', alive(check, { timeoutMs: 1_000, failuresMax: 1000 }));
    const sleepers = (): number => findMarked(world.id).filter(({ command }) => command === 'sleep 4711').length;
    const asks = (): number[] => textIn(join(kept.dir, 'asks')).split('\n').slice(0, -1).map(Number);
    await until('six asks', 30_000, () => asks().length >= 6);
    // Each lasts a second, from before its own note on.
    const [first = 0, , , , , sixth = 0] = asks();
    expect(sixth - first).toBeGreaterThan(3_500);
    // Those of one ask; of the one before, some may still be dying.
    await until('those before to be gone', 30_000, () => sleepers() <= 4);
    await kept.manager.control({ process: 'p', verb: 'stop' });
    await until('nothing of it to be left', 30_000, () => sleepers() === 0);
  });

  test('exec: when the launcher is killed, its probe goes with it', async () => {
    const kept = await keep(
      'exec sleep 1000',
      alive({ kind: 'exec', command: 'sleep 4712 & sleep 4712' }, { timeoutMs: 600_000 }),
    );
    const sleepers = (): number => findMarked(world.id).filter(({ command }) => command === 'sleep 4712').length;
    await until('the probe', 30_000, () => sleepers() === 2);
    await kept.launcher.program.end('SIGKILL');
    await until('it to be gone', 30_000, () => sleepers() === 0);
  });

  test('a bad answer between good ones ends nothing', async () => {
    // Bad at every second ask.
    const command = 'echo asked >> asks; test $(($(wc -l < asks) % 2)) = 0';
    const kept = await keep('exec sleep 1000', alive({ kind: 'exec', command }));
    await until('ten asks', 30_000, () => {
      const file = join(kept.dir, 'asks');
      return existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 10;
    });
    expect(kept.state()).toMatchObject({ kind: 'running' });
  });

  test('log: the line is the evidence', async () => {
    const kept = await keep(`echo fine; ${AWAIT('go')}; echo "rank 3: NCCL timeout after 600 s"; exec sleep 1000`, {
      alive: [{ check: { kind: 'log', pattern: 'NCCL (timeout|error)' } }],
    });
    await kept.until('it to run', 'running');
    kept.sign('go');
    expect(await failure(kept)).toEqual({
      cause: 'probe',
      evidence: expect.stringContaining('rank 3: NCCL timeout after 600 s'),
    });
  });

  test('log: what was written before it was ready is not judged; the next line is', async () => {
    const kept = await keep(`echo 'error while loading'; echo READY; echo 'error while serving'; exec sleep 1000`, {
      ready: { check: { kind: 'log', pattern: 'READY' } },
      alive: [{ check: { kind: 'log', pattern: 'error' } }],
    });
    expect((await failure(kept)).evidence).toContain('error while serving');
  });

  test('silence of output: who writes lives, who stops writing is ended', async () => {
    const kept = await keep(`until [ -e quiet ]; do echo tick; sleep 0.05; done; exec sleep 1000`, {
      alive: [{ check: { kind: 'silence', of: 'output', forMs: FOR_MS } }],
    });
    const { run, sinceMs } = await kept.until('it to run', 'running');
    await until('many lines', 30_000, () => kept.manager.textOf(run).split('\n').length > 30);
    await until('longer than it may be silent', 30_000, () => Date.now() - sinceMs > FOR_MS + 1_000);
    expect(kept.state()).toMatchObject({ kind: 'running', run });
    kept.sign('quiet');
    expect((await failure(kept)).evidence).toMatch(/\d+ bytes in all, none for \d+\.\d s/);
  });

  test('silence of CPU: of the whole tree, so a busy grandchild is life', async () => {
    const busy = 'until [ -e quiet ]; do :; done; exec sleep 1000';
    const kept = await keep(`sh -c '${busy}' & wait`, {
      alive: [{ check: { kind: 'silence', of: 'cpu', forMs: FOR_MS } }],
    });
    const { run, sinceMs } = await kept.until('it to run', 'running');
    await until('longer than it may be silent', 30_000, () => Date.now() - sinceMs > FOR_MS + 1_000);
    expect(kept.state()).toMatchObject({ kind: 'running', run });
    kept.sign('quiet');
    expect(await failure(kept)).toMatchObject({
      cause: 'probe',
      evidence: expect.stringContaining('its whole tree used none'),
    });
  });

  test('progress: a number that grows is life, the same one again is none; bars without newlines count', async () => {
    const kept = await keep(
      `n=0; until [ -e stuck ]; do n=$((n + 1)); printf "\\rstep $n of 1000"; sleep 0.05; done; while :; do printf "\\rstep $n of 1000"; sleep 0.05; done`,
      { alive: [{ check: { kind: 'progress', pattern: 'step (\\d+)', forMs: FOR_MS } }] },
    );
    const { run, sinceMs } = await kept.until('it to run', 'running');
    await until('many steps', 30_000, () => kept.manager.textOf(run).includes('step 40'));
    await until('longer than it may stand', 30_000, () => Date.now() - sinceMs > FOR_MS + 1_000);
    expect(kept.state()).toMatchObject({ kind: 'running', run });
    kept.sign('stuck');
    expect((await failure(kept)).evidence).toMatch(/it stands at \d+, for \d+\.\d s/);
  });

  test('after: nothing is asked before', async () => {
    const check = { kind: 'exec', command: 'date +%s%3N >> asks' };
    const kept = await keep('exec sleep 1000', alive(check, { afterMs: 1_000 }));
    const { sinceMs } = await kept.until('it to run', 'running');
    const file = join(kept.dir, 'asks');
    const asked = await until('an ask', 30_000, () =>
      existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) || null : null,
    );
    expect(asked - sinceMs).toBeGreaterThanOrEqual(990);
  });

  test('warn: it is said with the usage, taken back when it is over, and ends nothing', async () => {
    const check = { kind: 'exec', command: 'test ! -e sick || { echo cache is cold; false; }' };
    const kept = await keep('exec sleep 1000', alive(check, { action: 'warn' }));
    const { run } = await kept.until('it to run', 'running');
    const warnings = () => kept.manager.beats.flatMap(({ usage }) => usage).at(-1)?.warnings;
    kept.sign('sick');
    const said = await until('a warning', 30_000, () => warnings()?.[0]);
    expect(said).toMatch(/^exec test .* failed \d+ times in a row: exit code 1: cache is cold$/);
    rmSync(join(kept.dir, 'sick'));
    await until('no warning', 30_000, () => warnings()?.length === 0);
    expect(kept.state()).toMatchObject({ kind: 'running', run });
  });
});

describe('a launcher that was killed and started again', () => {
  test('hears the ready line that was written while it was away', async () => {
    const kept = await keep(`${AWAIT('go')}; echo READY; exec sleep 1000`, {
      ready: { check: { kind: 'log', pattern: 'READY' } },
    });
    const { run } = await kept.until('it to run', 'running', isNotReady);
    await kept.launcher.program.end('SIGKILL');
    kept.sign('go');
    const output = join(kept.launcher.dataDir, 'processes', 'p', 'runs', run, 'output');
    await until('the line', 30_000, () => textIn(output).includes('READY'));
    kept.launcher.again();
    await kept.until('it to be ready', 'running', (state) => state.run === run && isReady(state));
  });

  test('hears the failure that was written while it was away, and nothing from before it was ready', async () => {
    const probes = {
      ready: { check: { kind: 'log', pattern: 'READY' } },
      alive: [{ check: { kind: 'log', pattern: 'ERROR' } }],
    };
    const kept = await keep(`echo ERROR early; echo READY; ${AWAIT('go')}; echo ERROR late; exec sleep 1000`, probes);
    const { run } = await kept.until('it to be ready', 'running', isReady);
    await kept.launcher.program.end('SIGKILL');
    const { beats, syncs } = kept.manager;
    const [beat, sync] = [beats.length, syncs.length];
    const second = kept.launcher.again();
    await until('its sync', 30_000, () => syncs.length > sync);
    await until('a beat', 30_000, () => beats.slice(beat).some(({ usage }) => usage.length === 1));
    expect(kept.state()).toMatchObject({ kind: 'running', run });
    await second.program.end('SIGKILL');
    kept.sign('go');
    const output = join(kept.launcher.dataDir, 'processes', 'p', 'runs', run, 'output');
    await until('the line', 30_000, () => textIn(output).includes('late'));
    kept.launcher.again();
    expect((await failure(kept)).evidence).toContain('ERROR late');
  });

  test('calls nobody silent for the time it was away, and asks on', async () => {
    const kept = await keep('exec sleep 1000', {
      alive: [{ check: { kind: 'silence', of: 'output', forMs: FOR_MS } }],
    });
    const { run, sinceMs } = await kept.until('it to run', 'running');
    await kept.launcher.program.end('SIGKILL');
    await until('longer than it may be silent', 30_000, () => Date.now() - sinceMs > FOR_MS + 1_000);
    const againMs = Date.now();
    kept.launcher.again();
    await until('its sync', 30_000, () => kept.manager.syncs.length >= 2);
    expect(kept.manager.syncs[1]?.processes[0]?.report.state).toMatchObject({ kind: 'running', run });
    expect((await failure(kept)).evidence).toMatch(/none for \d+\.\d s/);
    // All of that time nobody spoke, and somebody was there to hear it.
    expect(kept.manager.ended('p')[0]?.certificate?.requestedAtMs).toBeGreaterThanOrEqual(againMs + FOR_MS);
  });
});
