/** Documents by chance, applied one after the other to launchers that do as they are told. */
import { ownAsker } from '../../../protocol/trust';
import * as fc from 'fast-check';
import { Refusal } from '../../../protocol/errors';
import type { WorkerId } from '../../../protocol/ids';
import { LIMITS } from '../../../protocol/limits';
import { SetDocument } from '../../../protocol/process-document';
import { report, running, SETTINGS, stopped, TestFleet } from '../test-fleet';
import { planRollback } from './plan-rollback';
import { planSet } from './plan-set';
import type { Planned } from './change-words';

/** Does every command at once; counts the births of each process. */
class Obedient {
  readonly fleet = new TestFleet();
  readonly births = new Map<string, number>();

  constructor() {
    this.fleet.join('w1', {}, { labels: { gpu: 'a' } });
    this.fleet.join('w2', {}, { labels: { gpu: 'b' } });
  }

  settle(): void {
    const done = { ok: true, message: 'done', certificate: null };
    for (const { id, worker, process, message } of [...this.fleet.model.commands.values()]) {
      const key = `${worker}/${process}`;
      const changed = (isUp: boolean) =>
        ({ kind: 'process.changed', report: report(process, isUp ? running() : stopped()) }) as const;
      if (message.kind === 'supersede') this.fleet.tell(worker, { kind: 'process.removed', process, why: 'asked' });
      if (message.kind === 'define' && !this.fleet.model.processes.has(key as never))
        this.fleet.tell(worker, changed(message.start));
      const isBirth = message.kind === 'control' || (message.kind === 'define' && message.start);
      if (isBirth) this.births.set(key, (this.births.get(key) ?? 0) + 1);
      if (message.kind === 'control') this.fleet.tell(worker, changed(true));
      this.fleet.tell(worker, { kind: 'command.done', id, result: done });
    }
  }

  apply(document: SetDocument): void {
    const { reply } = this.fleet.ask({ kind: 'applySet', document, by: ownAsker('test') });
    if (reply instanceof Refusal) throw reply;
    this.settle();
  }

  plan(document: SetDocument): Planned[] {
    const plan = planSet(this.fleet.model, document, SETTINGS);
    if (plan instanceof Refusal) throw plan;
    return plan.filter(({ action }) => action !== 'keep');
  }
}

const written = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  place: fc.constantFrom<object>({ worker: 'w1' }, { worker: 'w2' }, { match: { gpu: '*' } }, { match: { gpu: 'b' } }),
  command: fc.constantFrom('x', 'y', 'z'),
});
const anyDocument = fc
  .uniqueArray(written, { selector: ({ name }) => name, maxLength: 5 })
  .map((processes) =>
    SetDocument.parse({ set: 's', processes: processes.map(({ place, ...more }) => ({ ...more, ...place })) }),
  );

test('after an apply there is nothing to change, and only what differed was touched', () => {
  fc.assert(
    fc.property(fc.array(anyDocument, { minLength: 1, maxLength: 6 }), (documents) => {
      const here = new Obedient();
      for (const document of documents) {
        const [before, planned] = [new Map(here.births), here.plan(document)];
        here.apply(document);
        expect(here.plan(document)).toEqual([]);
        const born = [...here.births].filter(([key, count]) => count !== (before.get(key) ?? 0)).map(([key]) => key);
        const expected = planned.filter(({ action }) => action !== 'remove').map(({ key }) => key as string);
        expect(born.sort()).toEqual(expected.sort());
      }
    }),
  );
});

test('a rollback of the set is the document before, and a second one the document after', () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (one, other) => {
      const here = new Obedient();
      here.apply(one);
      fc.pre(here.plan(other).length > 0);
      const placed = (): string[] =>
        [...here.fleet.model.processes.values()].map(({ key, command }) => `${key} ${command}`).sort();
      const before = placed();
      here.apply(other);
      const after = placed();
      for (const expected of [before, after]) {
        here.fleet.ask({ kind: 'rollback', asked: { name: 's', isSet: true, to: null }, by: ownAsker('test') });
        here.settle();
        expect(placed()).toEqual(expected);
      }
    }),
  );
});

test('versions are kept up to their limit, numbered on, and what is older than that is said not to be kept', () => {
  const here = new Obedient();
  const document = (command: string, name = 'a') =>
    SetDocument.parse({ set: 's', processes: [{ name, worker: 'w1', command }] });
  for (let i = 1; i <= LIMITS.versionsKept + 5; i++) here.apply(document(`run ${i}`));
  const { versions } = here.fleet.model.definitions.get('w1/a' as never)!;
  expect(versions).toHaveLength(LIMITS.versionsKept);
  expect([versions[0]?.number, versions.at(-1)?.number]).toEqual([6, LIMITS.versionsKept + 5]);
  expect(planRollback(here.fleet.model, { name: 'w1/a', isSet: false, to: 5 })).toMatchObject({
    code: 'unknown_version',
  });
});

test('the longest removed are forgotten, and nothing that runs', () => {
  const here = new Obedient();
  const many = (from: number, count: number) =>
    SetDocument.parse({
      set: 's',
      processes: Array.from({ length: count }, (_, i) => ({ name: `p${from + i}`, worker: 'w1', command: 'x' })),
    });
  const half = LIMITS.removedDefinitionsKept / 2;
  for (const from of [0, half, 2 * half, 3 * half]) here.apply(many(from, half));
  const { definitions, processes } = here.fleet.model;
  expect(processes.size).toBe(half);
  expect(definitions.size).toBe(half + LIMITS.removedDefinitionsKept);
  expect([definitions.has('w1/p0' as never), definitions.has(`w1/p${half}` as never)]).toEqual([false, true]);
});

test('a process that runs elsewhere while its worker is lost neither leaves nor returns by a document', () => {
  const here = new Obedient();
  const document = (command: string) =>
    SetDocument.parse({ set: 's', processes: [{ name: 'w1', worker: 'w1', command }] });
  here.apply(document('x'));
  const { model } = here.fleet;
  const process = model.processes.get('w1/w1' as never)!;
  model.processes.set('w2/w1' as never, { ...process, key: 'w2/w1' as never, worker: 'w2' as WorkerId });
  model.processes.set('w1/w1' as never, { ...process, supersededBy: 'w2/w1' as never });
  expect(here.plan(document('x'))).toEqual([]);
  const { reply } = here.fleet.ask({ kind: 'applySet', document: document('y'), by: ownAsker('test') });
  expect(reply).toMatchObject({
    results: [{ notes: [expect.stringContaining('not restarted: it runs as w2/w1 now')] }],
  });
});
