/** `procguard worker`: the launcher's door. Reads the options, takes the lock, and wires the rest. */
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { PUBLIC_TRUST } from '../protocol/trust-wanted';
import { checkText } from './check';
import { LauncherStatus, StopAllReply } from './control/control-words';
import { askControl } from './control/control-socket';
import { definitionsOf } from './definitions';
import { jobsLeft } from './jobs/jobs-left';
import { startLauncher, type Launcher } from './launcher';
import { readLauncherFile, whereaboutsIn } from './launcher-file';
import { openLog } from './logging';
import { parseOptions, type LauncherOptions, type ParsedOptions } from './options';
import { statusText, stopAllText } from './print';
import { refusedHere } from './refused-here';
import { reread } from './reread';
import { DataDirectory } from './store/data-directory';
import { takeLock, type Lock } from './store/lock';
import { loadRecord } from './store/process-record';
import { reportOf } from './core/report';
import { readRulesFile } from './rules-file';
import { weaknessesOf } from './rules-said';

const FILES = { worker: readLauncherFile, whereabouts: whereaboutsIn, rules: readRulesFile };

/** Runs until it is told to end or cannot go on; the exit code is set, and the process is ended where it must be. */
export async function runLauncher(argv: readonly string[]): Promise<void> {
  const read = (): ParsedOptions => parseOptions(argv, process.env, hostname(), FILES);
  const parsed = read();
  if (parsed.kind === 'exit') {
    (parsed.code === 0 ? process.stdout : process.stderr).write(parsed.text);
    process.exitCode = parsed.code;
    return;
  }
  const { options, mistakes } = parsed;
  if (options.mode === 'check' || options.mode === 'locate') return say(options);
  if (mistakes !== null) process.stderr.write(`${mistakes}\nonly the worker's id and data directory were read of it\n`);
  const data = new DataDirectory(options.dataDir);
  let lock: Lock | null = null;
  try {
    data.create();
    lock = options.mode === 'status' ? null : await takeLock(data.path);
    process.exitCode = await perform({ options, read, data, isAlone: lock !== null });
  } catch (error) {
    refuse((error as Error).message);
  }
  lock?.release();
  // What a library still holds (a closing socket) must not keep an ended launcher in the process list.
  setTimeout(() => process.exit(), 500).unref();
}

/** Nothing is mistaken, and the rules refuse some of it. Told apart from mistakes (2): such rules are to be read all the same. */
function refuseByRules(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 3;
}

function refuse(sentence: string): void {
  process.stderr.write(`procguard worker: ${sentence}\n`);
  process.exitCode = 2;
}

/** Looks, and touches nothing. */
function say(options: LauncherOptions): void {
  const { mode, workerId, dataDir, workingDir } = options;
  if (mode === 'locate') return void process.stdout.write(`${workerId}\n${dataDir}\n${workingDir ?? ''}\n`);
  try {
    const defined = definitionsOf(options);
    const refused = refusedHere(options, defined, { environment: process.env, workingDir: process.cwd() });
    const warnings = options.rules === null ? [] : weaknessesOf(options.rules, process.env);
    process.stderr.write(warnings.map((line) => `warning: ${line}\n`).join(''));
    if (refused.length > 0) return refuseByRules(refused);
    process.stdout.write(checkText(options, defined));
  } catch (error) {
    refuse((error as Error).message);
  }
}

interface Task {
  readonly options: LauncherOptions;
  /** Reads command line, environment and file again. */
  readonly read: () => ParsedOptions;
  readonly data: DataDirectory;
  /** The data directory is ours. */
  readonly isAlone: boolean;
}

function perform({ options, read, data, isAlone }: Task): Promise<number> {
  switch (options.mode) {
    case 'status':
      return showStatus(options, data);
    case 'stop-all':
      return isAlone ? stopLeft(options, data) : askToStop(data);
    default:
      return isAlone ? keep(options, read, data) : giveWay(options, data);
  }
}

async function giveWay(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const holder = LauncherStatus.safeParse(await askControl(data.path, { do: 'status' }).catch(() => null)).data;
  const who = holder === undefined ? '' : ` (pid ${holder.pid}, worker ${holder.worker})`;
  process.stderr.write(
    `procguard worker: a launcher${who} already keeps ${data.path}; ` +
      `end it first, or give this one its own --worker-id or --data-dir (this worker: ${options.workerId})\n`,
  );
  return 1;
}

async function keep(options: LauncherOptions, read: () => ParsedOptions, data: DataDirectory): Promise<number> {
  const { log, file, closed } = openLog(options.workerId, options.logLevel);
  const launcher = await startLauncher(options, data, log, { hostname: hostname(), environment: { ...process.env } });
  log('info', `this log is also in ${file}`);
  const signalled = new Promise<number>((resolve) => {
    const onSignal = (signal: string): void => {
      log('info', `${signal}: ending; no process is touched`);
      resolve(0);
    };
    process.on('SIGTERM', (signal) => {
      if (!(options.drainsOnTerm && launcher.drain(signal))) onSignal(signal);
    });
    process.on('SIGINT', onSignal);
    process.on('SIGHUP', (signal) => {
      // Node undoes what nohup did. Without a terminal there is none whose end could be meant.
      const isForFile =
        (options.workerFile !== null || options.rules !== null) && !(process.stdout.isTTY && isTerminalGone());
      if (isForFile) reread(read, options, launcher, log);
      else if (process.stdout.isTTY) onSignal(signal);
    });
  });
  // A console that went away (the terminal was closed) must not end the launcher.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  void launcher.connect();
  const code = await Promise.race([launcher.ended, signalled]);
  sayWhatRuns(launcher, options, log);
  launcher.release();
  await closed();
  return code;
}

/** SIGHUP is sent when a terminal is closed, and by people who want a file to be read again. */
function isTerminalGone(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

function sayWhatRuns({ houses }: Launcher, options: LauncherOptions, log: ReturnType<typeof openLog>['log']): void {
  const running = houses
    .flatMap(({ all }) => all)
    .flatMap(({ name, run }) => (run?.leader ? [`${name} (pid ${run.leader.pid})`] : []));
  if (running.length === 0) return log('info', 'nothing was running');
  log(
    'info',
    `still running, as it should: ${running.join(', ')}. Start this worker again to go on watching, ` +
      `or stop it all with: procguard worker --worker-id ${options.workerId} --data-dir ${options.dataDir} --stop-all`,
  );
}

/** Looks without the lock: whoever only looks must not be in the way of a launcher that starts. */
async function showStatus(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const said = await askControl(data.path, { do: 'status' }).catch(() => null);
  if (said === null) return showLeft(options, data);
  process.stdout.write(statusText(LauncherStatus.parse(said)));
  return 0;
}

async function showLeft(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const left = [data, new DataDirectory(data.localJobs)];
  const processes = left
    .flatMap((house) => house.processes())
    .flatMap((directory) => {
      const record = loadRecord(directory.recordFile);
      return record === null ? [] : [reportOf(record.supervised, Date.now())];
    });
  const status = {
    worker: options.workerId,
    pid: null,
    manager: options.managerUrl,
    connected: false,
    rules: null,
    processes,
    jobs: jobsLeft(data),
  };
  process.stdout.write(statusText(status));
  return 0;
}

async function askToStop(data: DataDirectory): Promise<number> {
  const reply = StopAllReply.parse(await askControl(data.path, { do: 'stop-all' }));
  process.stdout.write(stopAllText(reply));
  return reply.ok ? 0 : 1;
}

/** No launcher is there: this program is one for as long as it takes. */
async function stopLeft(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const quiet = {
    ...options,
    command: null,
    processesFile: null,
    workerFile: null,
    localApi: null,
    trust: PUBLIC_TRUST,
  };
  const launcher = await startLauncher(quiet, data, () => {}, {
    hostname: hostname(),
    environment: { ...process.env },
  });
  const reply = await launcher.stopAll('procguard worker --stop-all');
  launcher.release();
  process.stdout.write(stopAllText(reply));
  return reply.ok ? 0 : 1;
}

if (require.main === module) void runLauncher(process.argv.slice(2));
