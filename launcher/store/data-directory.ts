/**
 * Everything a launcher keeps on its machine, under one directory (default `data/workers/<worker-id>`), readable by its
 * user alone: the output of other people's programs is in it.
 *
 *   lock  key  control.sock  shim-<hash>.sh  ca.pem  cradles/  processes/<name>/{record.jsonl, runs/<run>/...}
 *   local-jobs/{tasks.jsonl, output/<id>/{stdout, stderr}, processes/...}: the launcher's own queue, where it has one
 *   jobs/{attempts.jsonl, processes/...}: attempts of the manager's queue
 */
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProcessName, RunId } from '../../protocol/ids';
import { discard } from './discard';
import { RunDirectory } from './run-directory';

export class DataDirectory {
  readonly path: string;
  readonly cradles: string;
  /** The certificate authority of the manager, as `--ca-fingerprint` found it. */
  readonly pinnedAuthority: string;
  /** Of its own queue: a data directory of the same kind, so that what is in one is never taken for the other's. */
  readonly localJobs: string;
  readonly #processes: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.cradles = join(this.path, 'cradles');
    this.pinnedAuthority = join(this.path, 'ca.pem');
    this.localJobs = join(this.path, 'local-jobs');
    this.#processes = join(this.path, 'processes');
  }

  create(): void {
    mkdirSync(this.#processes, { recursive: true });
    chmodSync(this.path, 0o700);
  }

  /** Of the attempts of the manager's queue: a data directory of the same kind, so that no name in one is the other's. */
  get jobs(): DataDirectory {
    return new DataDirectory(join(this.path, 'jobs'));
  }

  processes(): ProcessDirectory[] {
    return listed(this.#processes, ProcessName).map((name) => this.processDirectory(name));
  }

  processDirectory(name: ProcessName): ProcessDirectory {
    return new ProcessDirectory(join(this.#processes, name), name);
  }
}

export class ProcessDirectory {
  readonly recordFile: string;
  readonly #runs: string;

  constructor(
    readonly path: string,
    readonly name: ProcessName,
  ) {
    this.recordFile = join(path, 'record.jsonl');
    this.#runs = join(path, 'runs');
  }

  create(): void {
    mkdirSync(this.#runs, { recursive: true });
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
    discard(this.path);
  }
}

function listed<T extends string>(path: string, name: { safeParse(text: string): { data?: T | undefined } }): T[] {
  try {
    return readdirSync(path).flatMap((entry) => name.safeParse(entry).data ?? []);
  } catch {
    return [];
  }
}
