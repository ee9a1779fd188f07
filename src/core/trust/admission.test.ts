import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import type { LauncherIdentity } from '../../../protocol/link';
import { ownAsker } from '../../../protocol/trust';
import { identityOf, RUN, TestFleet } from '../test-fleet';
import type { Account, AccountId, Proof, Token, TokenId } from './rows';

const BY = ownAsker('tester');

const identity = (worker: string, hostname = 'h1'): LauncherIdentity => identityOf(worker, { hostname });

/** Where a launcher calls from: at home nobody is defined; here it is this machine, with users; elsewhere is not. */
const FROM = {
  home: { from: '127.0.0.1', isTrusted: true, isOpen: true },
  here: { from: '127.0.0.1', isTrusted: true, isOpen: false },
  elsewhere: { from: '10.0.0.7', isTrusted: false, isOpen: false },
} as const;
type From = keyof typeof FROM;
interface Shown {
  readonly key?: string;
  readonly token?: string;
  readonly hostname?: string;
}

let made = 0;
class Trusting extends TestFleet {
  proof = (from: From, { key = undefined, token = undefined }: Shown): Proof => ({
    ...FROM[from],
    keyHash: key ?? null,
    tokenHash: token ?? null,
  });

  /** `in`, or the code of the refusal. */
  knock(worker: string, from: From, shown: Shown = {}): string {
    const { reply } = this.ask({
      kind: 'registerLauncher',
      identity: identity(worker, shown.hostname),
      proof: this.proof(from, shown),
      newAccount: `w_${++made}` as AccountId,
    });
    return reply instanceof Refusal ? reply.code : 'in';
  }

  open(worker: string, from: From, shown: Shown): string {
    const proof = this.proof(from, shown);
    const { reply } = this.ask({ kind: 'openLink', identity: identity(worker), proof, connection: `c${++made}` });
    return reply instanceof Refusal ? reply.code : 'in';
  }

  mint(hash: string, worker: string | null = null): AccountId {
    const id = `w_${++made}` as AccountId;
    const account: Account = {
      id,
      name: 'gpu',
      worker: worker as WorkerId | null,
      credential: { kind: 'token', hash },
      workerType: 'persistent',
      labels: { team: 'nlp' },
      source: 'minted',
      createdAtMs: 0,
      createdBy: 'tester',
    };
    this.ask({ kind: 'mintAccount', account, by: BY });
    return id;
  }

  joinToken(hash: string, usesLeft: number | null, expiresAtMs: number | null = null): void {
    const token: Token = {
      kind: 'join',
      id: `j_${++made}` as TokenId,
      name: 'join',
      hash,
      createdAtMs: 0,
      createdBy: 'tester',
      expiresAtMs,
      labels: { zone: 'eu' },
      usesLeft,
    };
    this.ask({ kind: 'issueToken', token, by: BY });
  }

  approve(id: string, as: string | null = null) {
    const account = `w_${++made}` as AccountId;
    return this.ask({ kind: 'approve', id, worker: as as WorkerId | null, account, labels: {}, by: BY }).reply;
  }
}

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
let fleet: Trusting;
beforeEach(() => (fleet = new Trusting()));

describe('a worker that nobody knows', () => {
  test.each([
    ['home', {}, 'in'],
    ['home', { key: KEY }, 'in'],
    ['here', {}, 'in'],
    ['here', { key: KEY }, 'in'],
    ['elsewhere', {}, 'invalid_token'],
    ['elsewhere', { key: KEY }, 'pending_approval'],
    ['home', { token: 'none of ours' }, 'invalid_token'],
    ['elsewhere', { key: KEY, token: 'none of ours' }, 'invalid_token'],
  ] as const)('from %s with %p: %s', (from, shown, answer) => {
    expect(fleet.knock('w1', from, shown)).toBe(answer);
    expect(fleet.model.workers.has('w1' as WorkerId)).toBe(answer === 'in');
    expect(fleet.model.processes.size).toBe(0);
  });
});

describe('a worker with a key of its own', () => {
  test.each([
    ['home', { key: KEY }, 'in'],
    // Its data were deleted; who could refuse it at home could also forget it.
    ['home', { key: OTHER }, 'in'],
    ['home', {}, 'worker_taken'],
    ['here', { key: KEY }, 'in'],
    ['here', { key: OTHER }, 'worker_taken'],
    ['here', {}, 'worker_taken'],
    ['elsewhere', { key: KEY }, 'in'],
    ['elsewhere', { key: OTHER }, 'worker_taken'],
    ['elsewhere', {}, 'worker_taken'],
    // A join token that was used up goes on standing in its unit file.
    ['elsewhere', { key: KEY, token: 'used up' }, 'in'],
    ['elsewhere', { key: OTHER, token: 'none of ours' }, 'invalid_token'],
    ['elsewhere', { key: KEY, hostname: 'another' }, 'worker_taken'],
  ] as const)('comes again from %s with %p: %s', (from, shown, answer) => {
    expect(fleet.knock('w1', 'here', { key: KEY })).toBe('in');
    expect(fleet.knock('w1', from, shown)).toBe(answer);
  });

  test('keeps it at home for as long as it is connected: a second launcher of its name is none that lost its data', () => {
    fleet.knock('w1', 'home', { key: KEY });
    fleet.open('w1', 'home', { key: KEY });
    expect(fleet.knock('w1', 'home', { key: OTHER })).toBe('worker_taken');
    const connection = fleet.model.contacts.get('w1' as WorkerId)?.connection ?? '';
    fleet.ask({ kind: 'closeLink', worker: 'w1' as WorkerId, connection });
    expect(fleet.knock('w1', 'home', { key: OTHER })).toBe('in');
  });

  test('is asked for it again at each connection', () => {
    fleet.knock('w1', 'here', { key: KEY });
    expect(fleet.open('w1', 'elsewhere', { key: OTHER })).toBe('unknown_worker');
    expect(fleet.open('w1', 'here', {})).toBe('unknown_worker');
    expect(fleet.open('w1', 'elsewhere', { key: KEY })).toBe('in');
  });
});

describe('a minted token', () => {
  test('is good for the first worker that brings it, and for no other', () => {
    fleet.mint('t1');
    expect(fleet.knock('w1', 'elsewhere', { key: KEY, token: 't1' })).toBe('in');
    expect(fleet.model.workers.get('w1' as WorkerId)?.labels).toEqual({ team: 'nlp' });
    expect(fleet.knock('w2', 'elsewhere', { key: KEY, token: 't1' })).toBe('credential_mismatch');
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('worker_taken');
    expect(fleet.knock('w1', 'home', { key: KEY })).toBe('worker_taken');
  });

  test('for one worker is for no other from the beginning', () => {
    fleet.mint('t1', 'w1');
    expect(fleet.knock('w2', 'elsewhere', { token: 't1' })).toBe('credential_mismatch');
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('worker_taken');
    expect(fleet.knock('w1', 'elsewhere', { token: 't1' })).toBe('in');
  });

  test('that was rotated never works again, also not for a connection that was under way', () => {
    const id = fleet.mint('t1', 'w1');
    fleet.knock('w1', 'elsewhere', { token: 't1' });
    const { turn } = fleet.ask({ kind: 'rotateAccount', id, hash: 't2', newAccount: 'w_x' as AccountId, by: BY });
    expect(turn.effects).toEqual([]);
    expect(fleet.open('w1', 'elsewhere', { token: 't1' })).toBe('unknown_worker');
    expect(fleet.knock('w1', 'elsewhere', { token: 't1' })).toBe('invalid_token');
    expect(fleet.knock('w1', 'home', { token: 't1', key: KEY })).toBe('invalid_token');
    expect(fleet.knock('w1', 'elsewhere', { token: 't2' })).toBe('in');
    expect(fleet.open('w1', 'elsewhere', { token: 't2' })).toBe('in');
    const again = fleet.ask({ kind: 'rotateAccount', id, hash: 't3', newAccount: 'w_x' as AccountId, by: BY });
    expect(again.turn.effects).toMatchObject([{ kind: 'closeConnection' }]);
  });

  test('in place of a key, or of nothing', () => {
    fleet.knock('w1', 'here', { key: KEY });
    fleet.knock('w2', 'here');
    for (const id of ['w1', 'w2']) {
      const account = `w_of_${id}` as AccountId;
      fleet.ask({ kind: 'rotateAccount', id, hash: `t-${id}`, newAccount: account, by: BY });
      expect(fleet.knock(id, 'home', { key: KEY })).toBe('worker_taken');
      expect(fleet.knock(id, 'elsewhere', { token: `t-${id}` })).toBe('in');
    }
  });
});

describe('a join token', () => {
  test('lets in as many as it says, each by its own key from then on', () => {
    fleet.joinToken('j1', 2);
    const racers = ['w1', 'w2', 'w3'].map((id) => fleet.knock(id, 'elsewhere', { key: `${id}-key`, token: 'j1' }));
    expect(racers).toEqual(['in', 'in', 'invalid_token']);
    expect(fleet.model.workers.get('w1' as WorkerId)?.labels).toEqual({ zone: 'eu' });
    expect(fleet.knock('w1', 'elsewhere', { key: 'w1-key' })).toBe('in');
    expect(fleet.knock('w2', 'elsewhere', { key: 'w1-key' })).toBe('worker_taken');
  });

  test('is over when its time is, and takes no worker away', () => {
    fleet.joinToken('j1', null, fleet.nowMs + 1000);
    expect(fleet.knock('w1', 'elsewhere', { key: KEY, token: 'j1' })).toBe('in');
    expect(fleet.knock('w1', 'elsewhere', { key: OTHER, token: 'j1' })).toBe('worker_taken');
    expect(fleet.knock('w2', 'elsewhere', { token: 'j1' })).toBe('invalid_token');
    fleet.nowMs += 1000;
    expect(fleet.knock('w2', 'elsewhere', { key: OTHER, token: 'j1' })).toBe('invalid_token');
  });

  test('takes who waited already out of those who wait', () => {
    fleet.joinToken('j1', 1);
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('pending_approval');
    expect(fleet.knock('w1', 'elsewhere', { key: KEY, token: 'j1' })).toBe('in');
    expect(fleet.model.trust.applicants.size).toBe(0);
  });
});

describe('who waits', () => {
  test('is let in by fingerprint, or by name while only one asks for it', () => {
    fleet.knock('w1', 'elsewhere', { key: KEY });
    fleet.knock('w1', 'elsewhere', { key: OTHER });
    expect(fleet.approve('w1')).toMatchObject({
      code: 'unknown_worker',
      message: expect.stringContaining('aaaa-aaaa'),
    });
    expect(fleet.approve('aaaa-aaaa-aaaa-aaaa')).toMatchObject({ worker: 'w1', source: 'approved' });
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('in');
    expect(fleet.knock('w1', 'elsewhere', { key: OTHER })).toBe('worker_taken');
  });

  test('is turned away, asks in vain, and may be approved still', () => {
    fleet.knock('w1', 'elsewhere', { key: KEY });
    fleet.ask({ kind: 'reject', id: 'w1', by: BY });
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('rejected');
    fleet.approve('aaaa-aaaa-aaaa-aaaa');
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('in');
  });

  test('is written down once, however often it asks', () => {
    const audits = Array.from({ length: 3 }, () => {
      const { turn } = fleet.ask({
        kind: 'registerLauncher',
        identity: identity('w1'),
        proof: fleet.proof('elsewhere', { key: KEY }),
        newAccount: 'w_9' as AccountId,
      });
      return turn.audit.map(({ type, result }) => `${type} ${result}`);
    });
    expect(audits).toEqual([['worker.pending pending_approval'], [], []]);
  });

  test('takes no room from others: so many of one address, so many in all, and who was rejected goes first', () => {
    const strangers = Array.from({ length: 40 }, (_, i) => fleet.knock(`s${i}`, 'elsewhere', { key: `k${i}` }));
    expect(strangers.filter((answer) => answer === 'pending_approval')).toHaveLength(32);
    expect(strangers.at(-1)).toBe('rate_limited');
    expect(fleet.model.trust.applicants.size).toBe(32);
  });

  test('for more than a day without an answer makes room for who comes from the same address', () => {
    for (let i = 0; i < 32; i++) fleet.knock(`s${i}`, 'elsewhere', { key: `k${i}` });
    fleet.nowMs += 86_400_001;
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('pending_approval');
    const { applicants } = fleet.model.trust;
    expect([applicants.size, applicants.has('k0'), applicants.has('k1')]).toEqual([32, false, true]);
  });
});

describe('who waits and means harm', () => {
  const AS_KEY = 'aaaa-aaaa-aaaa-aaaa';

  test('is let in only as what it was seen to be', () => {
    fleet.knock('harmless', 'elsewhere', { key: KEY });
    fleet.nowMs += 60_000;
    fleet.knock('w1', 'elsewhere', { key: KEY });
    expect(fleet.approve(AS_KEY, 'harmless')).toMatchObject({ code: 'worker_taken' });
    expect(fleet.knock('w1', 'elsewhere', { key: KEY })).toBe('pending_approval');
    expect(fleet.approve(AS_KEY, 'w1')).toMatchObject({ worker: 'w1' });
  });

  test('is not given the id of another machine by its fingerprint alone', () => {
    fleet.knock('w1', 'elsewhere', { key: KEY });
    fleet.knock('w1', 'here', { key: OTHER });
    expect(fleet.approve(AS_KEY)).toMatchObject({ code: 'worker_taken', message: expect.stringContaining('--as w1') });
    expect(fleet.open('w1', 'here', { key: OTHER })).toBe('in');
    expect(fleet.approve(AS_KEY, 'w1')).toMatchObject({ worker: 'w1' });
    expect(fleet.open('w1', 'elsewhere', { key: OTHER })).toBe('unknown_worker');
  });

  test('is not taken for another by a name that reads as its fingerprint', () => {
    fleet.knock(AS_KEY, 'elsewhere', { key: OTHER });
    expect(fleet.approve(AS_KEY)).toMatchObject({ code: 'unknown_worker' });
    expect(fleet.approve('bbbb-bbbb-bbbb-bbbb')).toMatchObject({ worker: AS_KEY });
  });

  test('fills neither the disk nor the room by saying another name at each question', () => {
    let written = 0;
    for (let i = 0; i < 100; i++) {
      fleet.nowMs += 100;
      const { turn } = fleet.ask({
        kind: 'registerLauncher',
        identity: identity(`s${i}`),
        proof: fleet.proof('elsewhere', { key: KEY }),
        newAccount: 'w_9' as AccountId,
      });
      written += turn.facts.length + turn.audit.length;
    }
    expect(written).toBeLessThanOrEqual(6);
    expect(fleet.model.trust.applicants.size).toBe(1);
  });

  test('is of one place, whichever of its own addresses it calls from', () => {
    const answers = Array.from({ length: 40 }, (_, i) => {
      const proof = { ...fleet.proof('elsewhere', { key: `k${i}` }), from: `2001:db8:1:2::${i}` };
      const told = {
        kind: 'registerLauncher',
        identity: identity(`s${i}`),
        proof,
        newAccount: 'w_9' as AccountId,
      } as const;
      const { reply } = fleet.ask(told);
      return reply instanceof Refusal ? reply.code : 'in';
    });
    expect(answers.filter((answer) => answer === 'pending_approval')).toHaveLength(32);
  });
});

describe('a key that is no key', () => {
  test('a token that is shown as a key lets nobody in, and stays what it is', () => {
    fleet.joinToken('j1', 5);
    fleet.mint('t1');
    for (const key of ['j1', 't1'])
      for (const from of ['home', 'here', 'elsewhere'] as const)
        expect(fleet.knock('w1', from, { key, token: 'j1' })).toBe('invalid_token');
    expect(fleet.knock('w2', 'elsewhere', { key: KEY, token: 'j1' })).toBe('in');
    expect(fleet.knock('w3', 'elsewhere', { token: 't1' })).toBe('in');
  });

  test('two workers of one key: what one leaves is still the other’s', () => {
    for (const id of ['w1', 'w2']) fleet.knock(id, 'here', { key: KEY });
    fleet.ask({ kind: 'removeAccount', id: 'w1', isForced: true, by: BY });
    expect(fleet.model.trust.shown(KEY)).toMatchObject({ kind: 'account' });
    expect(fleet.knock('w2', 'elsewhere', { key: KEY })).toBe('in');
  });
});

describe('a plain client', () => {
  const plain = (id: string, account: AccountId | null) => {
    const { reply } = fleet.ask({
      kind: 'registerPlain',
      id: id as WorkerId,
      command: 'x',
      workingDir: null,
      hostname: 'h',
      labels: { team: 'mine' },
      heartbeatIntervalMs: 5000,
      run: RUN,
      account,
      by: BY,
    });
    return reply instanceof Refusal ? reply.code : 'in';
  };

  test('binds the token that it brings, whose labels win over its own', () => {
    const id = fleet.mint('t1');
    expect(plain('c1', id)).toBe('in');
    expect(fleet.model.workers.get('c1' as WorkerId)?.labels).toEqual({ team: 'nlp' });
    expect(plain('c2', id)).toBe('credential_mismatch');
    expect(plain('c1', null)).toBe('worker_taken');
    expect(plain('c3', null)).toBe('in');
  });
});

test('a worker that drains says so, whatever it does, until an operator says otherwise', () => {
  fleet.knock('w1', 'here', { key: KEY });
  const { reply } = fleet.ask({ kind: 'drain', id: 'w1', isDraining: true, by: BY });
  expect(reply).toEqual({ worker: 'w1' });
  fleet.knock('w1', 'here', { key: KEY });
  fleet.open('w1', 'here', { key: KEY });
  fleet.ask({ kind: 'heard', worker: 'w1' as WorkerId });
  expect(fleet.model.workers.get('w1' as WorkerId)?.isDraining).toBe(true);
  fleet.ask({ kind: 'drain', id: 'w1', isDraining: false, by: BY });
  expect(fleet.model.workers.get('w1' as WorkerId)?.isDraining).toBe(false);
});
