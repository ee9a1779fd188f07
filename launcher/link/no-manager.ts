/** Somebody is at the manager's address who opens no line: what was met, and what to do. Pure. */

/** The words of ws for any answer but the one that it asked for. */
const ANSWERED = /^Unexpected server response: (\d+)$/;

/**
 * @param error of Node's http, or of ws
 * @returns null = the trouble is another one: nobody answers, the line broke
 */
export function noManagerText(url: string, error: Pick<NodeJS.ErrnoException, 'code' | 'message'>): string | null {
  const { code = '', message } = error;
  const status = ANSWERED.exec(message)?.[1];
  const isNoHttp = code.startsWith('HPE_');
  if (status === undefined && !isNoHttp && message !== 'socket hang up') return null;
  const met = status !== undefined ? `answered ${status}` : isNoHttp ? 'does not speak HTTP' : 'hung up unanswered';
  return `${url} ${met} and is perhaps no ProcGuard manager; ${checkUrl(url)}`;
}

/** What whoever gave the address may do about it. */
export const checkUrl = (url: string): string =>
  url.startsWith('http:') ? 'check --manager-url (one that speaks TLS is reached by https://)' : 'check --manager-url';
