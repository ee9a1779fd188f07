/** Sessions and tokens whose time is over: gone, and told as the clock's deed on what was theirs. */
import { ownAsker } from '../../../protocol/trust';
import { TestFleet } from '../test-fleet';
import type { Token, TokenId, User, UserId } from './rows';

const BY = ownAsker('tester');
const ALICE: User = {
  id: 'u_1' as UserId,
  name: 'alice',
  password: 'scrypt$',
  totp: null,
  grants: [{ role: 'admin', on: null }],
  isDisabled: false,
  createdAtMs: 0,
  createdBy: 'tester',
};
const issued = (id: string) => ({ id: id as TokenId, hash: `hash-${id}`, createdAtMs: 0, createdBy: 'alice' });

test('each at its time, once, by whom it was of', () => {
  const fleet = new TestFleet();
  fleet.ask({ kind: 'addUser', user: ALICE, isSetup: false, by: BY });
  const soon = fleet.nowMs + 1000;
  const tokens: Token[] = [
    { ...issued('s_1'), kind: 'session', owner: ALICE.id, from: '10.0.0.7', expiresAtMs: soon },
    { ...issued('t_1'), kind: 'api', name: 'ci', owner: ALICE.id, grants: [], expiresAtMs: soon + 1000 },
    { ...issued('j_1'), kind: 'join', name: 'lab', labels: {}, usesLeft: null, expiresAtMs: soon + 2000 },
    { ...issued('t_2'), kind: 'api', name: 'for ever', owner: null, grants: [], expiresAtMs: null },
  ];
  for (const token of tokens) fleet.ask({ kind: 'issueToken', token, by: BY });
  const told = () =>
    fleet.pass(1000).turn.audit.map(({ type, actor, target, result }) => [type, actor.name, target?.id, result]);
  expect(told()).toEqual([['auth.session.expired', 'alice', 's_1', 'ok']]);
  expect(told()).toEqual([['api_key.expired', 'alice', 't_1', 'ok']]);
  expect(told()).toEqual([['join_token.expired', expect.any(String), 'j_1', 'ok']]);
  expect(told()).toEqual([]);
  expect([...fleet.model.trust.tokens.keys()]).toEqual(['t_2']);
});
