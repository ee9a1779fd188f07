/** SIGHUP: command line, environment and files are read again. Mistakes change nothing; what they are is in the log. */
import type { Launcher } from './launcher';
import type { Log } from './logging';
import type { LauncherOptions, ParsedOptions } from './options';

/** What a running launcher cannot change about itself. */
const AT_START = [
  'workerId',
  'managerUrl',
  'heartbeatIntervalMs',
  'dataDir',
  'logLevel',
  'labels',
  'tree',
  'slots',
  'localApi',
] as const;

/** @param began as the launcher was started */
export function reread(read: () => ParsedOptions, began: LauncherOptions, launcher: Launcher, log: Log): void {
  const file = began.workerFile?.file ?? began.rules?.file ?? '';
  try {
    const parsed = read();
    if (parsed.kind === 'exit') throw new Error(parsed.text.trim());
    const changes = launcher.redefine(parsed.options);
    log('info', `${file} was read again: ${changes.length === 0 ? 'no process changed' : changes.join('; ')}`);
    const later = AT_START.filter((key) => JSON.stringify(parsed.options[key]) !== JSON.stringify(began[key]));
    if (later.length > 0)
      log('warn', `changed in ${file}, and in force at this launcher's next start: ${later.join(', ')}`);
  } catch (error) {
    log('error', `${file} was read again and is not used, so nothing changes: ${(error as Error).message}`);
  }
}
