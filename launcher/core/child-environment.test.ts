/** A child's variables in two parts say the same as all of them looked at one by one. */
import fc from 'fast-check';
import { childEnvironment, Environment, isShellName, type Variables } from './child-environment';

const name = fc.constantFrom('A', 'B', 'C', 'PATH', 'a.b', 'c-d', '_');
const variables = fc.dictionary(name, fc.constantFrom('', '1', '2'), { maxKeys: 7 });

const unlike = (mine: Variables, others: Variables) =>
  Object.entries(mine).filter(([key, value]) => others[key] !== value);
const lacking = (mine: Variables, others: Variables) => Object.keys(others).filter((key) => mine[key] === undefined);

test('what two children of one launcher, or of two, have unlike each other', () => {
  fc.assert(
    fc.property(
      variables,
      variables,
      variables,
      variables,
      fc.boolean(),
      (common, own, otherCommon, otherOwn, isOne) => {
        const mine = new Environment(common, own);
        const other = new Environment(isOne ? common : otherCommon, otherOwn);
        expect(new Map(mine.unlike(other))).toEqual(new Map(unlike(mine.all, other.all)));
        expect(new Set(mine.lacking(other))).toEqual(new Set(lacking(mine.all, other.all)));
        expect(new Map(mine.oddlyNamed)).toEqual(
          new Map(Object.entries(mine.all).filter(([key]) => !isShellName(key))),
        );
        for (const key of Object.keys(other.all)) expect(mine.get(key)).toBe(mine.all[key]);
      },
    ),
  );
});

test('a later layer wins, and what a child is told about itself wins over all', () => {
  const about = { worker: 'w', process: 'p', url: null, attempt: null };
  const launcher = { A: 'launcher', B: 'launcher', WORKER_TOKEN: 'secret', WORKER_ID: 'other' };
  const layers = {
    launcher,
    inherit: null,
    identity: { B: 'identity' },
    files: { C: 'file', D: 'file' },
    own: { D: 'own' },
  };
  const env = childEnvironment({ ...layers, about });
  expect(env.all).toMatchObject({ A: 'launcher', B: 'identity', C: 'file', D: 'own', WORKER_ID: 'w' });
  expect(env.get('WORKER_TOKEN')).toBeUndefined();
  expect(childEnvironment({ ...layers, inherit: ['A'], about }).get('B')).toBe('identity');
});
