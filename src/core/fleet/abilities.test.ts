/** A process that is to be in a container is said to no launcher that would run it bare. */
import { Refusal } from '../../../protocol/errors';
import { CONTAINERS } from '../../../protocol/link';
import { SetDocument } from '../../../protocol/process-document';
import { ProcessSpec } from '../../../protocol/process-spec';
import { ownAsker } from '../../../protocol/trust';
import { TestFleet, AT_HOME, identityOf } from '../test-fleet';

const by = ownAsker('test');
const container = { image: 'busybox' };
const spec = ProcessSpec.parse({ name: 'a', command: 'x', container });
const define = (fleet: TestFleet, worker: string) =>
  fleet.ask({ kind: 'defineProcess', worker, spec, start: true, mustBeNew: false, by }).reply;
const apply = (fleet: TestFleet, place: object) => {
  const document = SetDocument.parse({ set: 's', processes: [{ name: 'a', command: 'x', container, ...place }] });
  return fleet.ask({ kind: 'applySet', document, by }).reply;
};
const messageOf = (reply: unknown): string => (reply instanceof Refusal ? reply.message : 'not refused');

function fleet(): TestFleet {
  const both = new TestFleet();
  both.join('old', {});
  both.join('new', {}, { abilities: [CONTAINERS] });
  return both;
}

test('defined alone, or by a document that names the worker, it is refused with what to do', () => {
  const both = fleet();
  const sentence =
    "old/a is to run in a container, and its launcher (version 0) cannot run containers: it is too old, or not installed whole; install this manager's version of the launcher on old, or choose another worker";
  expect(messageOf(define(both, 'old'))).toBe(sentence);
  expect(messageOf(apply(both, { worker: 'old' }))).toBe(`${sentence}. Nothing was changed`);
  expect(both.model.commands.size).toBe(0);
  expect(define(both, 'new')).toMatchObject({ key: 'new/a' });
});

test('by labels it goes where it can', () => {
  const both = fleet();
  apply(both, { match: {} });
  expect([...both.model.commands.values()].map(({ worker }) => worker)).toEqual(['new']);
  const none = new TestFleet();
  none.join('old', {});
  expect(messageOf(apply(none, { match: {} }))).toContain('cannot run containers');
});

test('a definition that waited for its worker is not said to an older launcher that came instead', () => {
  const both = fleet();
  both.ask({ kind: 'closeLink', worker: 'new' as never, connection: 'new-1' });
  define(both, 'new');
  both.ask({ kind: 'registerLauncher', identity: identityOf('new'), ...AT_HOME });
  both.ask({ kind: 'openLink', identity: identityOf('new'), proof: AT_HOME.proof, connection: 'new-2' });
  const message = { processes: [], runs: [] };
  const { turn } = both.ask({ kind: 'sync', worker: 'new' as never, connection: 'new-2', message });
  expect(turn.effects.filter(({ kind }) => kind === 'send')).toEqual([]);
  expect(turn.facts.find(({ kind }) => kind === 'command.done')).toMatchObject({ result: { ok: false } });
});
