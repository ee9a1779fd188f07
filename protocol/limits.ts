/** Every bound the three programs share, with its unit and its reason. Relations between them are asserted below. */
export const LIMITS = {
  /** Worker, process and label names: one path segment on every filesystem, with room for a suffix. */
  nameCharsMax: 128,
  /** What a birth writes of a disk: its record in some states, directories and files of runs, with what a filesystem needs for each. */
  birthDiskBytes: 256 * 1024,
  /** A job's id: an attempt's id and its process's name are laid around it. */
  jobIdCharsMax: 96,
  /** Jobs that one job may wait for. */
  jobDependenciesMax: 1000,
  /** Jobs in one submission: an array, a sweep, a list. */
  jobsPerSubmitMax: 10_000,
  /** Jobs that are not over. Each is about a kilobyte of memory. */
  jobsQueuedMax: 1_000_000,
  /** A schedule's name: the planned time is laid behind it for the id of a job. */
  scheduleNameCharsMax: 64,
  /** Schedules there are at most: each is looked at whenever the nearest of them is due. */
  schedulesMax: 1000,
  /** A cron expression; a list of every minute is 169 characters. */
  cronCharsMax: 256,
  /** What nobody waits for is decided so long after it came at the latest: longer than the shortest jobs take, and seen by nobody. */
  turnPatienceMs: 20,
  /** For so long the manager gathers what it owes a launcher of acknowledgements that this does nothing on. */
  acknowledgementsMs: 1000,
  /** A timer is not told when the wall's clock is set, or the machine slept: with schedules it looks again so often. */
  wallClockLookMs: 60_000,
  /** A timer of the manager that is so late rings in a program that stood still (SIGSTOP, a paused machine). */
  stoodStillMs: 2_000,
  /** A JSON request body. Larger ones answer 413. */
  bodyBytesMax: 1024 * 1024,
  /**
   * Bytes of a result that an agent of another system sends: 1 MiB of stdout and as much of stderr, with their marks, each
   * byte written as `\u0000` at worst. One that is refused for its size is sent for ever, and lost.
   */
  resultBytesMax: 16 * 1024 * 1024,
  /** A submission of many jobs: each with a kilobyte and more. */
  jobsBodyBytesMax: 32 * 1024 * 1024,
  /** A body of somebody who has no name yet: a login, a set-up. */
  strangerBodyBytesMax: 16 * 1024,
  /** What somebody may say before it is known who it is: a handshake, a registration with the longest command line. */
  handshakeBytesMax: 256 * 1024,
  /** A command line. Linux's own limit for one argument is 128 KiB. */
  commandCharsMax: 128 * 1024,
  /** Environment entries of one process. */
  envEntriesMax: 1024,
  /** Stop steps between the first signal and SIGKILL. */
  stopStepsMax: 8,
  /** Alive probes of one process. */
  probesMax: 16,
  /** Volumes of one container. */
  containerVolumesMax: 64,
  /** Devices that one container asks for by number; no machine has more. */
  containerGpusMax: 64,
  /** Words of a container's entrypoint: a program and its first options. */
  containerEntrypointWordsMax: 64,
  /** Text given to a process as its stdin. */
  stdinCharsMax: 64 * 1024,
  /** Versions of a process's definition kept for rollback. */
  versionsKept: 20,
  /** Processes that were removed whose versions stay for a rollback; the longest removed go first. */
  removedDefinitionsKept: 1000,
  /** Labels of one worker. */
  labelsMax: 64,
  /** Values of a document that people write, every alias written out: a thousand processes with a hundred words each. */
  documentValuesMax: 100_000,
  /** How long `wait` holds an answer back. */
  commandWaitMs: 30_000,
  /** The longest an asker may have it held back, for each process: a model that loads, a slow drain. */
  commandWaitMsMax: 3_600_000,
  /** Commands one worker may have queued and untaken; one more answers `queue_full`. */
  commandsQueuedMax: 4000,
  /** An operator's reason: a sentence, not a report. */
  reasonCharsMax: 1000,
  /** Targets of one batch. */
  batchTargetsMax: 10_000,
  /** One piece of a run's output on its way to the manager. */
  outputChunkBytesMax: 8 * 1024 * 1024,
  /** Output a live viewer may have waiting before pieces are dropped and it is told to read the range again. */
  liveBacklogBytesMax: 512 * 1024,
  /** Of everything together that a page may have waiting before it is cut off. One message alone, a snapshot, may be larger. */
  liveWaitingBytesMax: 8 * 1024 * 1024,
  /** Lines answered by a logs request without `limit` (seed 002: the last 1000). */
  logLinesDefault: 1000,
  /** A search's pattern. */
  searchCharsMax: 4096,
  /** Runs of a process kept with their output, the living one not counted. */
  runsKeptPerProcess: 10,
  /** Events the manager answers with at most, and keeps. */
  eventsPageMax: 1000,
  eventsKept: 100_000,
  /** Entries of the audit in one answer. Source: seed 004. */
  auditPageMax: 500,
  /** Entries of the audit that are counted behind a page of them: a few milliseconds. */
  auditCountedBeyond: 10_000,
  /** Entries of the audit that are kept: some gigabytes. */
  auditEntriesKept: 5_000_000,
  /** Facts of one link message. */
  factsPerMessageMax: 500,
  /** The longest a timer sleeps at once: beyond 2^31 ms Node's timers fire at once. */
  timerMsMax: 2_000_000_000,
  /** Launcher <-> manager words; a change that an older peer cannot read raises it. */
  protocolVersion: 1,
} as const;
