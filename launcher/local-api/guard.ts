/**
 * Keeps pages in a browser on this machine away: they could send what needs no password here. Programs send no Origin, and
 * they say a name of this machine; a name that was made to point here (DNS rebinding) is none.
 */
import type { IncomingMessage } from 'node:http';
import { isLoopback } from './address';
import { refused, type Reply } from './reply';

export function guardAgainst({ headers }: IncomingMessage): Reply | null {
  const { host = '', origin } = headers;
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (!isLoopback(name))
    return refused(
      403,
      null,
      `the Host ${JSON.stringify(host)} is not this machine; use http://127.0.0.1 and the port`,
    );
  const site = headers['sec-fetch-site'];
  if (origin !== undefined || (site !== undefined && site !== 'none'))
    return refused(
      403,
      null,
      `pages in a browser may not use this API (Origin ${JSON.stringify(origin ?? site)}); programs send no Origin`,
    );
  return null;
}
