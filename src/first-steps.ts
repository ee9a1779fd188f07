/** What whoever starts a manager is told of who gets in: nobody from outside, everybody, or the first one by a link. */
import { fstatSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ManagerConfig } from './config/manager-config';
import type { Manager } from './manager';
import { makeSetupToken, SETUP_LINK_HOURS, setupUrl } from './trust/setup-link';

const MAKE_ONE = './start_manager.sh --setup-link';

/** @param warn goes to the log too, so no secret may be in it */
export function sayWhoGetsIn(
  { web, state }: ManagerConfig,
  manager: Pick<Manager, 'url' | 'hasUsers'>,
  warn: (sentence: string) => void,
): void {
  if (web.auth === 'none') {
    warn(`web.auth is none: whoever reaches ${manager.url} may start any command here and on every worker`);
    return;
  }
  if (manager.hasUsers() || isLoopback(web.host)) return;
  const sentence = 'no user is defined: this machine gets in without a login, all others need one';
  // What a daemon says ends in a file that is kept and copied; the link is for eyes.
  if (fstatSync(process.stdout.fd).isFile())
    process.stdout.write(`${sentence}. ${MAKE_ONE} makes the link for the first\n`);
  else
    process.stdout.write(
      `${sentence}. To make the first, within ${SETUP_LINK_HOURS} h: ${linkFor(web, state, manager.url)}\n`,
    );
}

/** `procguard manager --setup-link`: also beside a manager that runs, and when users are there. */
export function printSetupLink({ web, state }: ManagerConfig): void {
  let url: string;
  try {
    url = readFileSync(join(state.dataDir, 'manager.url'), 'utf8').trim();
  } catch {
    throw new Error(
      `no manager was ever started with the data directory ${state.dataDir}; start it, or name its --data-dir`,
    );
  }
  process.stdout.write(`${linkFor(web, state, url)}\n`);
}

/** Under a name by which other machines find this one. */
function linkFor(web: ManagerConfig['web'], state: ManagerConfig['state'], url: string): string {
  const base = new URL(web.publicUrl ?? url);
  if (web.publicUrl === null && base.hostname === 'localhost') base.hostname = hostname();
  return setupUrl(base.href, makeSetupToken(state.dataDir, Date.now()));
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');
