/**
 * Everything a launcher keeps on its machine, under one directory (default `data/workers/<worker-id>`), readable by its
 * user alone: the output of other people's programs is in it.
 *
 *   lock  key  control.sock  shim-<hash>.sh  ca.pem  cradles/  processes/<name>/{record.jsonl, runs/<run>/...}
 *   local-jobs/{tasks.jsonl, output/<id>/{stdout, stderr}, processes/...}: the launcher's own queue, where it has one
 *   jobs/{attempts.jsonl, processes/..., shells/, sprints/, outputs/<process>.<run>}: attempts of the manager's queue
 */
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProcessName, RunId } from '../../protocol/ids';
import { discard } from './discard';
import { ProcessShells } from './process-shells';
import { RunDirectory } from './run-directory';

export class DataDirectory {
  readonly path: string;
  /** Where processes come and go by the hundred, theirs are used again; null = each is made and removed. */
  readonly #shells: ProcessShells | null;
  readonly cradles: string;
  /** The certificate authority of the manager, as `--ca-fingerprint` found it. */
  readonly pinnedAuthority: string;
  /** Of its own queue: a data directory of the same kind, so that what is in one is never taken for the other's. */
  readonly localJobs: string;
  /** Of attempts in their first moments. */
  readonly sprints: string;
  /** What they wrote, once they are over. */
  readonly sprintOutputs: string;
  readonly #processes: string;

  constructor(path: string, { areReused = false }: { readonly areReused?: boolean } = {}) {
    this.path = resolve(path);
    this.#shells = areReused ? new ProcessShells(join(this.path, 'shells')) : null;
    this.cradles = join(this.path, 'cradles');
    this.pinnedAuthority = join(this.path, 'ca.pem');
    this.localJobs = join(this.path, 'local-jobs');
    this.sprints = join(this.path, 'sprints');
    this.sprintOutputs = join(this.path, 'outputs');
    this.#processes = join(this.path, 'processes');
  }

  create(): void {
    mkdirSync(this.#processes, { recursive: true });
    chmodSync(this.path, 0o700);
  }

  /** Of the attempts of the manager's queue: a data directory of the same kind, so that no name in one is the other's. */
  get jobs(): DataDirectory {
    return new DataDirectory(join(this.path, 'jobs'), { areReused: true });
  }

  processes(): ProcessDirectory[] {
    return listed(this.#processes, ProcessName).map((name) => this.processDirectory(name));
  }

  processDirectory(name: ProcessName): ProcessDirectory {
    return new ProcessDirectory(join(this.#processes, name), name, this.#shells);
  }
}

export class ProcessDirectory {
  readonly recordFile: string;
  readonly #runs: string;

  constructor(
    readonly path: string,
    readonly name: ProcessName,
    private readonly shells: ProcessShells | null = null,
  ) {
    this.recordFile = join(path, 'record.jsonl');
    this.#runs = join(path, 'runs');
  }

  create(): void {
    if (this.shells?.take(this.path) !== true) mkdirSync(this.#runs, { recursive: true });
  }

  /** Oldest first: run ids sort by birth. */
  runs(): RunDirectory[] {
    return listed(this.#runs, RunId)
      .sort()
      .map((run) => this.runDirectory(run));
  }

  runDirectory(run: RunId): RunDirectory {
    return new RunDirectory(join(this.#runs, run), run);
  }

  remove(): void {
    if (this.shells?.give(this.path) !== true) discard(this.path);
  }
}

function listed<T extends string>(path: string, name: { safeParse(text: string): { data?: T | undefined } }): T[] {
  try {
    return readdirSync(path).flatMap((entry) => name.safeParse(entry).data ?? []);
  } catch {
    return [];
  }
}
