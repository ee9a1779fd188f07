/** GET; 2xx and 3xx are good. Plain http rather than fetch: fetch alone costs the launcher 6 MB. */
import http from 'node:http';
import https from 'node:https';
import { shown, type Trouble } from './trouble';

/** As much of a bad answer's body as is read for evidence. */
const BODY_BYTES_MAX = 512;

/** @param timeoutMs for the whole of it: name, connection, answer */
export function askHttp(url: string, timeoutMs: number, signal: AbortSignal): Promise<Trouble> {
  return new Promise((resolve) => {
    const get = url.startsWith('https:') ? https.get : http.get;
    const request = get(url, { agent: false, signal }, (response) => {
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 400) return settle(null);
      let body = '';
      const bad = (): void => settle(`answered ${statusCode}${body === '' ? '' : `: ${shown(body)}`}`);
      response.on('data', (piece: Buffer) => {
        body += piece.toString('utf8');
        if (body.length >= BODY_BYTES_MAX) bad();
      });
      response.on('end', bad);
      response.on('error', bad);
    });
    const timer = setTimeout(() => settle(`no answer within ${timeoutMs} ms`), timeoutMs);
    const settle = (trouble: Trouble): void => {
      clearTimeout(timer);
      resolve(trouble);
      request.destroy(); // the answer is known; a body without an end is not waited for
    };
    request.on('error', ({ message }) => settle(message));
  });
}
