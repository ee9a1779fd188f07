/** SIGHUP: command line, environment and files are read again. Mistakes change nothing; what they are is in the log. */
import type { Launcher } from './launcher';
import type { Log } from './logging';
import { optionWords } from './option-words';
import type { LauncherOptions, ParsedOptions } from './options';

/** @param began as the launcher was started */
export function reread(read: () => ParsedOptions, began: LauncherOptions, launcher: Launcher, log: Log): void {
  const file = began.workerFile?.file ?? began.rules?.file ?? '';
  try {
    const parsed = read();
    if (parsed.kind === 'exit') throw new Error(parsed.text.trim());
    const changes = launcher.redefine(parsed.options);
    log('info', `${file} was read again: ${changes.length === 0 ? 'no process changed' : changes.join('; ')}`);
    const [before, now] = [optionWords(began), optionWords(parsed.options)];
    const later = Object.keys(now).filter((key) => JSON.stringify(now[key]) !== JSON.stringify(before[key]));
    if (later.length > 0)
      log('warn', `changed in ${file}, and in force at this launcher's next start: ${later.join(', ')}`);
  } catch (error) {
    log('error', `${file} was read again and is not used, so nothing changes: ${(error as Error).message}`);
  }
}
