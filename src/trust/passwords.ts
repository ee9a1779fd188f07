/**
 * Passwords, kept as scrypt's (RFC 7914). Each look costs 32 MiB and about a tenth of a second of one core, on the thread
 * pool that also carries the disk: so looks are taken one after another, and a crowd is turned away, not queued.
 */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { Refusal } from '../../protocol/errors';

/** OWASP's least for scrypt is 2^17, for a server that does nothing else; 2^15 with a lockout in front is for one that does. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const WAITING_MAX = 16;

interface Kept {
  readonly cost: ScryptOptions;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export class Passwords {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  /** What is looked at for a user that is none: it takes as long. */
  private readonly nobodys: Kept = { cost: COST, salt: randomBytes(SALT_BYTES), hash: randomBytes(KEY_BYTES) };

  /** `scrypt$<N>$<r>$<p>$<salt>$<hash>`. @throws Refusal rate_limited */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return write(COST, salt, await this.inTurn(() => derived(password, salt, COST)));
  }

  /** @param stored null = there is no such user: false, after as long a time, as for what nobody wrote. @throws Refusal rate_limited */
  async isRight(password: string, stored: string | null): Promise<boolean> {
    const kept = stored === null ? null : read(stored);
    const { cost, salt, hash } = kept ?? this.nobodys;
    const own = await this.inTurn(() => derived(password, salt, cost));
    return timingSafeEqual(own, hash) && kept !== null;
  }

  private inTurn<T>(look: () => Promise<T>): Promise<T> {
    if (this.waiting >= WAITING_MAX)
      throw new Refusal('rate_limited', `${WAITING_MAX} logins wait already; try again in a few seconds`, {
        retry_after_seconds: 3,
      });
    this.waiting += 1;
    const turn = this.last.then(look).finally(() => (this.waiting -= 1));
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const derived = (password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { N = COST.N, r = COST.r } = cost;
    // Twice what it needs: OpenSSL counts a little more than 128 * N * r.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

const write = ({ N, r, p }: typeof COST, salt: Buffer, hash: Buffer): string =>
  ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');

const WRITTEN = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

function read(stored: string): Kept | null {
  const match = WRITTEN.exec(stored);
  if (match === null) return null;
  const [, N, r, p, salt = '', shown = ''] = match;
  const hash = Buffer.from(shown, 'base64url');
  if (hash.length !== KEY_BYTES) return null;
  return { cost: { N: Number(N), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64url'), hash };
}
