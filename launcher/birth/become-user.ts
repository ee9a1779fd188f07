/**
 * As whom a child runs. The shim stays the launcher's own user; the child becomes the other by `setpriv` (util-linux, on
 * every Debian and most others), which sets user, group and supplementary groups and gives up the rights of root.
 */
import type { ProcessSpec } from '../../protocol/process-spec';
import { findGroup, findUser, type Account } from './accounts';
import { readCapabilities } from './capabilities';
import { findInPath } from './program';

export type Becoming =
  /** The launcher's own. */
  | { readonly kind: 'same' }
  | {
      readonly kind: 'other';
      readonly uid: number;
      readonly gid: number;
      /** The words before a program that make it run so. */
      readonly words: readonly string[];
      /** For sentences: `user nobody`. */
      readonly who: string;
      /** HOME, USER, LOGNAME, SHELL. */
      readonly env: Readonly<Record<string, string>>;
    }
  /** A sentence: nothing changes it by itself. */
  | { readonly kind: 'refused'; readonly why: string };

export function becomeUser({ user, group }: Pick<ProcessSpec, 'user' | 'group'>): Becoming {
  if (user === null && group === null) return { kind: 'same' };
  const account = user === null ? null : findUser(user);
  const isNumber = user !== null && /^\d+$/.test(user);
  if (user !== null && account === null && !isNumber)
    return refused(`there is no user "${user}" on this machine; create it, or correct user`);
  const gid = group === null ? (account?.gid ?? null) : findGroup(group);
  if (gid === null)
    return refused(
      group === null
        ? `user ${user} has no entry on this machine, so its group is not known; set group too`
        : `there is no group "${group}" on this machine; create it, or correct group`,
    );
  const uid = account?.uid ?? (user === null ? ownUid() : Number(user));
  if (uid === ownUid() && (group === null || gid === process.getgid?.())) return { kind: 'same' };
  return other({ user, group, account, uid, gid });
}

interface Wanted extends Pick<ProcessSpec, 'user' | 'group'> {
  readonly account: Account | null;
  readonly uid: number;
  readonly gid: number;
}

function other({ user, group, account, uid, gid }: Wanted): Becoming {
  const who = [user === null ? [] : `user ${user}`, group === null ? [] : `group ${group}`].flat().join(', ');
  const { setUid, setGid } = readCapabilities();
  if (!setUid || !setGid)
    return refused(`running it as ${who} takes a launcher that runs as root, and this one runs as ${launchersName()}`);
  const setpriv = findInPath('setpriv', process.env['PATH'] ?? '');
  if (setpriv === null)
    return refused(`running it as ${who} takes setpriv, which is not installed; install util-linux`);
  const identity = user === null ? [] : [`--reuid=${uid}`];
  const groups = user === null ? '--keep-groups' : account === null ? '--clear-groups' : '--init-groups';
  return {
    kind: 'other',
    uid,
    gid,
    words: [setpriv, ...identity, `--regid=${gid}`, groups, '--'],
    who,
    env: envOf(account),
  };
}

const envOf = (account: Account | null): Readonly<Record<string, string>> =>
  account === null ? {} : { HOME: account.home, USER: account.name, LOGNAME: account.name, SHELL: account.shell };

const ownUid = (): number => process.getuid?.() ?? -1;
const launchersName = (): string => findUser(String(ownUid()))?.name ?? `user ${ownUid()}`;
const refused = (why: string): Becoming => ({ kind: 'refused', why });
