/**
 * The life of one container, from its making to its removal, on behalf of a run.
 *
 * Order: the trace before the container (whoever finds the run knows where to look), the attachment before the start (no
 * byte is written to nobody), the removal before the trace that says so. Signals that come before the start make it never
 * start. Exit codes of our own are those of `docker run`: 125 the engine refused or was lost.
 */
import type { ContainerInspectInfo } from 'dockerode';
import { constants } from 'node:os';
import { AskedSignals } from './asked-signals';
import type { ContainerPlan } from './container-plan';
import { writeTrace, type ContainerTrace } from './container-trace';
import { createOptions } from './create-options';
import { Engine, EngineError } from './engine';
import type { EngineAddress } from './engine-address';
import { inForce } from './in-force';
import { kernelLimitsOf } from './kernel-limits';
import type { KeptRun } from './kept-run';
import { passOutput } from './pass-output';
import { patiently } from './patiently';
import { containerName } from './labels';
import { MachineMemoryKills } from '../process/memory-kills';
import { tellLauncher } from './told-launcher';

const ENGINE_FAILED = 125;
/** Beyond the grace of a stop: who sent the signal kills by itself, and this is for when it is gone. */
const OVER_GRACE_MS = 5_000;

/** Resolves with the exit code for the run. */
export async function keepContainer(kept: KeptRun, address: EngineAddress): Promise<number> {
  const { run, directory, plan, say } = kept;
  const signals = new AskedSignals([plan.stop.signal, ...plan.stop.then.map(({ signal }) => signal)]);
  let engine: Engine | null = null;
  const clear = async (opened: Engine, { pid, memoryKill, machineKills, held }: Omit<End, 'code'>): Promise<void> => {
    await opened.remove(containerName(run));
    leaveTrace(kept, { kind: 'over', pid, memoryKill, machineKills, ...held });
  };
  try {
    const opened = await Engine.open(address);
    engine = opened;
    writeTrace(directory, { kind: 'making', engine: address });
    const id = await prepare(kept, engine, signals);
    const end = id === null || signals.early !== null ? neverBegun(signals) : await live(kept, engine, id, signals);
    await patiently(() => clear(opened, end));
    return end.code;
  } catch (error) {
    say((error as Error).message);
    // What was made by half must not stay. Where the engine does not answer the trace says so, and the launcher goes on.
    if (engine !== null) await clear(engine, NEVER_RAN).catch(({ message }: Error) => say(message));
    return ENGINE_FAILED;
  }
}

/** Makes the container, with its image. Returns its id; null = it was stopped meanwhile. */
async function prepare(
  { run, plan, env, say }: KeptRun,
  engine: Engine,
  signals: AskedSignals,
): Promise<string | null> {
  const { image, alwaysPull } = plan.spec;
  const options = createOptions({ run, plan, env, engine: engine.kind });
  /** False = stopped: a download of many minutes is not waited for. */
  const pull = (): Promise<boolean> => {
    say(`pulling ${image}`);
    return Promise.race([engine.pull(image).then(() => true), signals.first.then(() => false)]);
  };
  if (alwaysPull && !(await pull())) return null;
  try {
    return await engine.create(options);
  } catch (error) {
    if (alwaysPull || !(error instanceof EngineError) || error.status !== 404) throw error;
    return (await pull()) ? engine.create(options) : null;
  }
}

interface End {
  readonly code: number;
  readonly pid: number;
  readonly memoryKill: { readonly limitBytes: number | null } | null;
  readonly machineKills: number | null;
  readonly held: { readonly isolation: string[]; readonly unenforced: string[] };
}

async function live(kept: KeptRun, engine: Engine, id: string, signals: AskedSignals): Promise<End> {
  const { plan, directory } = kept;
  const attached = await engine.attach(id, plan.hasStdin);
  // Counted from before it begins: an engine does not notice each kill, and what dies at once was never seen alive.
  const machine = new MachineMemoryKills(() => performance.now());
  const before = machine.look();
  await engine.start(id);
  // From here on it lives, and an engine that is restarted must not be its end.
  const ended = patiently(() => engine.wait(id));
  ended.catch(() => {}); // it is asked for below
  const passed = passOutput({ engine, id, attached, ended }, kept);
  passed.catch(() => {});
  forward(signals, plan, (signal) => engine.signal(id, signal));
  const begun = await patiently(() => engine.inspect(id));
  const { Pid: pid } = begun.State;
  const held = seen(plan, engine, begun);
  leaveTrace(kept, { kind: 'running', engine: engine.address, id, pid, ...held });
  tellLauncher(directory);
  const code = await ended;
  await passed;
  const { State: state } = await patiently(() => engine.inspect(id));
  const after = machine.look();
  return {
    code,
    pid,
    memoryKill: state.OOMKilled ? { limitBytes: plan.spec.memoryBytes } : null,
    machineKills: before === null || after === null ? null : after - before,
    held,
  };
}

/** Of what is so already. Where it cannot be written (a full disk), the one before it says where to look: that ends nothing. */
function leaveTrace({ directory, say }: KeptRun, trace: ContainerTrace): void {
  try {
    writeTrace(directory, trace);
  } catch (error) {
    say(`its trace could not be written: ${(error as Error).message}`);
  }
}

function seen(
  { spec }: ContainerPlan,
  engine: Engine,
  { Id, State, HostConfig, Config }: ContainerInspectInfo,
): End['held'] {
  const word = {
    engine: engine.name,
    id: Id,
    networkMode: HostConfig.NetworkMode ?? 'unknown',
    readOnlyRoot: HostConfig.ReadonlyRootfs ?? false,
    user: Config.User,
  };
  const { isolation, unenforced } = inForce(spec, word, State.Pid > 0 ? kernelLimitsOf(State.Pid) : null);
  return { isolation: [...isolation], unenforced: [...unenforced] };
}

function forward(signals: AskedSignals, { stop }: ContainerPlan, send: (signal: string) => Promise<void>): void {
  const graceMs = stop.graceMs + stop.then.reduce((sum, step) => sum + step.graceMs, 0);
  let isStopping = false;
  // A container that ended meanwhile refuses it: its end is on the way.
  const quietly = (signal: string): void => void send(signal).catch(() => {});
  signals.forward((signal) => {
    quietly(signal);
    if (signal !== stop.signal || isStopping) return;
    isStopping = true;
    setTimeout(() => quietly('SIGKILL'), graceMs + OVER_GRACE_MS).unref();
  });
}

const NEVER_RAN = { pid: 0, memoryKill: null, machineKills: null, held: { isolation: [], unenforced: [] } };
const neverBegun = ({ early }: AskedSignals): End => ({
  code: 128 + (early === null ? 0 : constants.signals[early as NodeJS.Signals]),
  ...NEVER_RAN,
});
