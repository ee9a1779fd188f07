/** What a keeper needs of the launcher around it. */
import type { Unmet } from '../../protocol/dependencies';
import type { ProcessName, RunId } from '../../protocol/ids';
import { attemptOfProcess } from '../../protocol/jobs';
import type { LauncherFact } from '../../protocol/link';
import type { OutputStream } from '../../protocol/output-stream';
import type { ProcessSpec } from '../../protocol/process-spec';
import type { ProcessReport } from '../../protocol/process-state';
import type { Rules } from '../core/rules';
import type { Log } from '../logging';
import type { Wanted } from '../birth/wanted';
import type { RunSurroundings } from '../process/run';
import type { RecordSeal } from '../store/record-seal';
import type { RunDirectory } from '../store/run-directory';
import type { OneByOne } from './one-by-one';

export interface KeeperSurroundings extends RunSurroundings {
  /** Of all that is kept here: a house keeps one kind. */
  readonly role: ProcessSpec['role'];
  readonly worker: string;
  /** Null = this launcher has none. */
  readonly managerUrl: string | null;
  /** Of this machine's owner, as they are now; null = there are none. */
  readonly rules: () => Rules | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
  readonly log: Log;
  readonly seal: RecordSeal;
  /** Whether a wish in a record must outlive a power cut. False = somebody else remembers what is wanted. */
  readonly outlivesPowerCut: boolean;
  readonly tell: (fact: LauncherFact) => void;
  /** A run has output from now on. Said again, it changes nothing. */
  readonly outputBegan: (process: ProcessName, directory: RunDirectory) => void;
  /** A run's output grows no more. @param bytes that it had written to each stream, as far as is known */
  readonly outputComplete: (run: RunId, bytes: Readonly<Record<OutputStream, number>>) => void;
  /** Conditions of a definition's `dependsOn` that do not hold now. */
  readonly unmet: (spec: ProcessSpec) => readonly Unmet[];
  /** How the process stands now, for those that depend on it; null = it is no longer kept here. */
  readonly stands: (process: ProcessName, report: ProcessReport | null) => void;
  /** Everything is being stopped: nothing is born any more. */
  readonly isEnding: () => boolean;
  /** Gives birth, when those before it were given. */
  readonly births: OneByOne<() => void>;
  /** The keeper has nothing more to do and nothing on the disk. */
  readonly forgotten: (process: ProcessName) => void;
}

/** What of it a birth depends on. */
export type BirthPlace = Pick<KeeperSurroundings, 'rules' | 'environment' | 'workingDir' | 'worker' | 'managerUrl'>;

/** A process of this definition, as a child of this launcher. */
export const wantedOf = (spec: ProcessSpec, around: BirthPlace): Wanted => ({
  spec,
  rules: around.rules(),
  environment: around.environment,
  workingDir: around.workingDir,
  about: {
    worker: around.worker,
    process: spec.name,
    url: around.managerUrl,
    attempt: spec.role === 'job' ? attemptOfProcess(spec.name) : null,
  },
});
