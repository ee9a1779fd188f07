/** Somebody who asks a manager: with a token, with a session, or as a stranger from elsewhere. */
import { totpCode } from '../../src/trust/totp';
import type { ManagerHere } from '../api/manager-here';

/** Behind a proxy nobody is at home, so this is how a test on one machine is elsewhere. */
export const ELSEWHERE = { 'x-forwarded-for': '203.0.113.7' };

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export class Asker {
  constructor(
    private readonly manager: Pick<ManagerHere, 'url'>,
    readonly headers: Readonly<Record<string, string>> = ELSEWHERE,
  ) {}

  with(headers: Readonly<Record<string, string>>): Asker {
    return new Asker(this.manager, { ...this.headers, ...headers });
  }
  bearer(token: string): Asker {
    return this.with({ authorization: `Bearer ${token}` });
  }

  async ask(method: string, path: string, body?: unknown): Promise<Told> {
    const response = await fetch(this.manager.url + path, {
      method,
      headers: this.headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // A page, a metric.
    }
    return { status: response.status, headers: response.headers, body: parsed };
  }
  get(path: string): Promise<Told> {
    return this.ask('GET', path);
  }
  post(path: string, body: unknown = {}): Promise<Told> {
    return this.ask('POST', path, body);
  }

  /** As a browser would be from then on: its cookie, and the header that its page sends. */
  async loggedIn(username: string, password: string, totp?: string): Promise<Asker> {
    const told = await this.post('/api/session', { username, password, ...(totp === undefined ? {} : { totp }) });
    if (told.status !== 200) throw new Error(`no login for ${username}: ${JSON.stringify(told.body)}`);
    return this.with({ cookie: cookieOf(told), 'x-csrf-token': (told.body as { csrf: string }).csrf });
  }
}

export const cookieOf = ({ headers }: Told): string => headers.get('set-cookie')?.split(';')[0] ?? '';
export const codeNow = (secret: string, stepsAway = 0): string =>
  totpCode(secret, Math.floor(Date.now() / 30_000) + stepsAway);
