/** What a keeper needs of the launcher around it. */
import type { ProcessName, RunId } from '../../protocol/ids';
import type { LauncherFact } from '../../protocol/link';
import type { Log } from '../logging';
import type { RunSurroundings } from '../process/run';
import type { RunDirectory } from '../store/run-directory';

export interface KeeperSurroundings extends RunSurroundings {
  readonly worker: string;
  readonly managerUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
  readonly log: Log;
  readonly tell: (fact: LauncherFact) => void;
  /** A run has output from now on. Said again, it changes nothing. */
  readonly outputBegan: (process: ProcessName, directory: RunDirectory) => void;
  /** A run's output grows no more. */
  readonly outputComplete: (run: RunId) => void;
  /** The keeper has nothing more to do and nothing on the disk. */
  readonly forgotten: (process: ProcessName) => void;
}
