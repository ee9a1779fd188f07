/** Who is to be born, and as what: what a definition comes to on this machine (birth.ts). */
import type { ProcessSpec, Stdin } from '../../protocol/process-spec';
import type { BirthSteps } from '../core/birth-script';
import type { AboutItself, Environment } from '../core/child-environment';
import type { LimitPlan } from '../core/limit-plan';
import type { Rules } from '../core/rules';
import type { Obstacle } from '../core/supervisor-words';
import type { Becoming } from './become-user';

/** Who is to be born, and to whom. */
export interface Wanted {
  readonly spec: ProcessSpec;
  /** Of this machine's owner; null = there are none. */
  readonly rules: Rules | null;
  /** The launcher's own environment and directory. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
  readonly about: AboutItself;
}

export interface Birth {
  readonly words: readonly string[];
  readonly workingDir: string;
  readonly env: Environment;
  readonly as: Exclude<Becoming, { kind: 'refused' }>;
  /** The child keeps a container, which may outlive it. */
  readonly isContainer: boolean;
  /** stderr is a file of its own. */
  readonly isSplit: boolean;
  readonly stdin: Stdin;
  /** What the run's cgroup is to hold it to. */
  readonly cgroup: LimitPlan['cgroup'];
  /** All that a run of any id does alike. */
  readonly steps: Omit<BirthSteps, 'joins' | 'stdin' | 'privateDir' | 'runDirectory'>;
  /** It stands in a directory that is made for it alone. */
  readonly hasPrivateDir: boolean;
  readonly unenforced: readonly string[];
  /** What it is held by, a clause each; of a container, what is known before it is made. */
  readonly isolation: readonly string[];
  /** False = made of something that may change before the next one (a file, the user database, what a rule is about). */
  readonly keeps: boolean;
}

/** Failures of the system that can pass by themselves. */
const PASSING = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS']);
export const obstacleBy = ({ code = '' }: NodeJS.ErrnoException): Obstacle =>
  PASSING.has(code) ? 'passing' : 'lasting';

/** It cannot be born as it is defined, and nothing changes that by itself. The message is a sentence for people. */
export class CannotBeBorn extends Error {
  constructor(
    message: string,
    readonly obstacle: Extract<Obstacle, 'lasting' | 'rule'> = 'lasting',
  ) {
    super(message);
  }
}
