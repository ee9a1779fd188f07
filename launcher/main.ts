/** `procguard worker`: the launcher's door. Reads the options, takes the lock, and wires the rest. */
import { hostname } from 'node:os';
import { LauncherStatus, StopAllReply } from './control/control-words';
import { askControl } from './control/control-socket';
import { startLauncher, type Launcher } from './launcher';
import { openLog } from './logging';
import { parseOptions, type LauncherOptions } from './options';
import { statusText, stopAllText } from './print';
import { DataDirectory } from './store/data-directory';
import { takeLock } from './store/lock';
import { loadRecord } from './store/process-record';
import { reportOf } from './core/report';

/** Runs until it is told to end or cannot go on; the exit code is set, and the process is ended where it must be. */
export async function runLauncher(argv: readonly string[]): Promise<void> {
  const parsed = parseOptions(argv, process.env, hostname());
  if (parsed.kind === 'exit') {
    (parsed.code === 0 ? process.stdout : process.stderr).write(parsed.text);
    process.exitCode = parsed.code;
    return;
  }
  const { options } = parsed;
  const data = new DataDirectory(options.dataDir);
  data.create();
  const lock = options.mode === 'status' ? null : await takeLock(data.path);
  try {
    process.exitCode = await perform(options, data, lock !== null);
  } catch (error) {
    process.stderr.write(`procguard worker: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
  lock?.release();
  // What a library still holds (a closing socket) must not keep an ended launcher in the process list.
  setTimeout(() => process.exit(), 500).unref();
}

function perform(options: LauncherOptions, data: DataDirectory, isAlone: boolean): Promise<number> {
  switch (options.mode) {
    case 'status':
      return showStatus(options, data);
    case 'stop-all':
      return isAlone ? stopLeft(options, data) : askToStop(data);
    case 'run':
      return isAlone ? keep(options, data) : refuse(options, data);
  }
}

async function refuse(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const holder = LauncherStatus.safeParse(await askControl(data.path, { do: 'status' }).catch(() => null)).data;
  const who = holder === undefined ? '' : ` (pid ${holder.pid}, worker ${holder.worker})`;
  process.stderr.write(
    `procguard worker: a launcher${who} already keeps ${data.path}; ` +
      `end it first, or give this one its own --worker-id or --data-dir (this worker: ${options.workerId})\n`,
  );
  return 1;
}

async function keep(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const { log, file, closed } = openLog(options.workerId, options.logLevel);
  const launcher = await startLauncher(options, data, log, { hostname: hostname(), environment: { ...process.env } });
  log('info', `this log is also in ${file}`);
  const signalled = new Promise<number>((resolve) => {
    const onSignal = (signal: string): void => {
      log('info', `${signal}: ending; no process is touched`);
      resolve(0);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    // Node undoes what nohup did. Without a terminal there is none whose end could be meant.
    process.on('SIGHUP', (signal) => (process.stdout.isTTY ? onSignal(signal) : undefined));
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

function sayWhatRuns({ keepers }: Launcher, options: LauncherOptions, log: ReturnType<typeof openLog>['log']): void {
  const running = keepers.all.flatMap(({ name, run }) => (run?.leader ? [`${name} (pid ${run.leader.pid})`] : []));
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
  const processes = data.processes().flatMap((directory) => {
    const record = loadRecord(directory.recordFile);
    return record === null ? [] : [reportOf(record.supervised, Date.now())];
  });
  const left = { worker: options.workerId, pid: null, manager: options.managerUrl, connected: false, processes };
  process.stdout.write(statusText(left));
  return 0;
}

async function askToStop(data: DataDirectory): Promise<number> {
  const reply = StopAllReply.parse(await askControl(data.path, { do: 'stop-all' }));
  process.stdout.write(stopAllText(reply));
  return reply.ok ? 0 : 1;
}

/** No launcher is there: this program is one for as long as it takes. */
async function stopLeft(options: LauncherOptions, data: DataDirectory): Promise<number> {
  const quiet = { ...options, command: null, processesFile: null };
  const launcher = await startLauncher(quiet, data, () => {}, {
    hostname: hostname(),
    environment: { ...process.env },
  });
  const reply = await launcher.own.stopAll(launcher.keepers, 'procguard worker --stop-all');
  launcher.release();
  process.stdout.write(stopAllText(reply));
  return reply.ok ? 0 : 1;
}

if (require.main === module) void runLauncher(process.argv.slice(2));
