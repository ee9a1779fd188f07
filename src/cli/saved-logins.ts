/** Logins that were kept, by the manager's address: `~/.config/procguard/credentials.json`, for its user alone. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

type Logins = Readonly<Record<string, string>>;

const file = (): string =>
  join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'procguard', 'credentials.json');

/** Null = none for this manager. */
export const savedLogin = (url: string): string | null => read()[keyOf(url)] ?? null;

export function saveLogin(url: string, token: string): string {
  write({ ...read(), [keyOf(url)]: token });
  return file();
}

export function forgetLogin(url: string): void {
  const { [keyOf(url)]: forgotten, ...rest } = read();
  if (forgotten !== undefined) write(rest);
}

/** The same manager, however its address was typed. */
const keyOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

function read(): Logins {
  try {
    return JSON.parse(readFileSync(file(), 'utf8')) as Logins;
  } catch {
    return {}; // none yet, or not ours: the next login writes it anew
  }
}

/** By rename: another command that reads meanwhile finds the old one or the new one. */
function write(logins: Logins): void {
  mkdirSync(dirname(file()), { recursive: true, mode: 0o700 });
  const temporary = `${file()}.${process.pid}`;
  // Made anew: one that somebody laid there, or a link, would keep its own mode and its own place.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file());
}
