/** The line that a person copies to another machine. */
import { createHash } from 'node:crypto';
import { quoted } from './join-script';

/** The manager's own certificate authority; null = none: http, or certificates that machines trust anyway. */
export type Authority = { readonly pem: string; readonly fingerprint: string } | null;

/**
 * curl runs what it fetches, so with an authority of the manager's own it must know that one first: it is fetched, compared
 * with what this line says of it, and trusted from then on. `-k` alone would run whatever somebody in between sends.
 */
export function joinLine(manager: string, token: string, authority: Authority): string {
  const at = (path: string): string => plainOrQuoted(`${manager}${path}`);
  if (authority === null) return `curl -fsSL ${at('/join')} | sh -s -- --token ${token}`;
  const sum = createHash('sha256').update(authority.pem).digest('hex');
  return (
    `curl -fsSk ${at('/ca.pem')} -o procguard-ca.pem && echo '${sum}  procguard-ca.pem' | sha256sum -c --quiet && ` +
    `curl -fsSL --cacert procguard-ca.pem ${at('/join')} | sh -s -- --token ${token} --ca-fingerprint ${authority.fingerprint}`
  );
}

/** For one worker with a token of its own. In the environment, for a flag could be read by everybody on that machine. */
export function workerLine(
  { manager, worker, token }: { readonly manager: string; readonly worker: string; readonly token: string },
  authority: Authority,
): string {
  const pinned = authority === null ? '' : ` --ca-fingerprint ${authority.fingerprint}`;
  return `WORKER_TOKEN=${token} ./start_worker.sh --worker-id ${worker} --manager-url ${plainOrQuoted(manager)}${pinned}`;
}

const plainOrQuoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word));
