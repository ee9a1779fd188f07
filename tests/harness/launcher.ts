/** A real launcher: the bundle, in a program of its own, with its own data directory. */
import { resolve } from 'node:path';
import type { Program } from './program';
import type { World } from './world';

export const LAUNCHER = resolve('dist/launcher.js');

export interface LauncherSetup {
  readonly worker?: string;
  readonly managerUrl: string;
  /** Default: a fresh one. */
  readonly dataDir?: string;
  /** More flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Before the command line: another host's (network.ts). */
  readonly on?: readonly string[];
}

export interface StartedLauncher {
  readonly program: Program;
  readonly worker: string;
  readonly dataDir: string;
  /** Another one on the same data, after this one was ended or killed. */
  again(flags?: readonly string[]): StartedLauncher;
  /** `--stop-all`, with its output. */
  stopAll(): Promise<{ code: number | null; output: string }>;
}

/** After the test everything it keeps is stopped by `--stop-all`. */
export function startLauncher(world: World, setup: LauncherSetup): StartedLauncher {
  const worker = setup.worker ?? 'w1';
  const dataDir = setup.dataDir ?? world.directory();
  const logs = world.directory();
  const where = ['--worker-id', worker, '--data-dir', dataDir];
  const stopAll = async () => {
    const stopper = world.start([process.execPath, LAUNCHER, ...where, '--stop-all'], { cwd: logs });
    const { code } = await stopper.ended;
    return { code, output: stopper.output };
  };
  const start = (flags: readonly string[]): StartedLauncher => ({
    program: world.start(
      [...(setup.on ?? []), process.execPath, LAUNCHER, ...where, '--manager-url', setup.managerUrl, ...flags],
      {
        cwd: logs,
        ...(setup.env === undefined ? {} : { env: setup.env }),
      },
    ),
    worker,
    dataDir,
    again: (changed) => start(changed ?? flags),
    stopAll,
  });
  world.afterwards(async () => void (await stopAll()));
  return start(setup.flags ?? []);
}
