import { isAnother, may, sessionAfter, type Session } from './session';
import type { SessionReply } from '../../../protocol/trust-http';

const reply = (change: Partial<SessionReply>): SessionReply => ({
  state: 'in',
  user: { id: 'u_1', name: 'ada', has_totp: false },
  grants: ['viewer', 'operator on team=nlp'],
  permissions: [],
  csrf: 'c',
  ...change,
});
const ask: Session = { kind: 'asking' };
const login = reply({ state: 'login', user: null, grants: [], csrf: null });

describe('the session', () => {
  it('knows a page that never was anybody’s from one whose session ended', () => {
    expect(sessionAfter(ask, login)).toEqual({ kind: 'login', ended: null });
    const ended = sessionAfter(sessionAfter(ask, reply({})), login);
    expect(ended).toEqual({ kind: 'login', ended: { of: 'ada' } });
    // Asked twice it is still the same end.
    expect(sessionAfter(ended, login)).toBe(ended);
    expect(sessionAfter({ kind: 'open' }, login)).toEqual({ kind: 'login', ended: { of: null } });
  });
  it('knows another person after a login', () => {
    const ada = sessionAfter(ask, reply({}));
    const bob = sessionAfter(ask, reply({ user: { id: 'u_2', name: 'bob', has_totp: false } }));
    expect([isAnother(sessionAfter(ada, login), bob), isAnother(sessionAfter(ada, login), ada)]).toEqual([true, false]);
    expect([isAnother(ada, bob), isAnother(ask, bob), isAnother({ kind: 'open' }, bob)]).toEqual([true, false, false]);
  });
  it('says what may be done, on which worker', () => {
    const ada = sessionAfter(ask, reply({}));
    expect(may(ada, 'process.control', null)).toBe(true);
    expect(may(ada, 'process.control', { team: 'nlp' })).toBe(true);
    expect(may(ada, 'process.control', { team: 'vision' })).toBe(false);
    expect(may(ada, 'admin.users', null)).toBe(false);
    expect(may({ kind: 'open' }, 'admin.users', null)).toBe(true);
    expect(may(ask, 'fleet.read', null)).toBe(false);
  });
});
