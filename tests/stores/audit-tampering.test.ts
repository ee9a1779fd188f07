/** Whatever is done to the audit without its key is found, and found where it was done. */
import fc from 'fast-check';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditRules, Purge } from '../../src/engine/audit-port';
import type { Ledger } from '../../src/engine/ports';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { testSealer } from './test-sealer';
import { AuditLedger, batchOf, KEYS, record } from './audit-ledger';

const ENTRIES = 12;
let here: AuditLedger;
beforeEach(() => {
  here = new AuditLedger();
  here.fill(ENTRIES);
});
afterEach(() => here.remove());

test('untouched it holds, also after the next start and under a new key', async () => {
  expect(await here.ledger.audit.verify({})).toMatchObject({
    valid: true,
    entries_checked: ENTRIES,
    broken_links: [],
    first_id: 1,
    last_id: ENTRIES,
  });
  here.reopen([Buffer.from('a newer key'), ...KEYS]);
  here.fill(3);
  expect(await here.ledger.audit.verify({})).toMatchObject({ valid: true, entries_checked: ENTRIES + 3 });
});

test('any range of it holds too', async () => {
  for (let from = 1; from <= ENTRIES; from++)
    for (let to = from; to <= ENTRIES; to++)
      expect(await here.ledger.audit.verify({ from, to })).toMatchObject({
        valid: true,
        entries_checked: to - from + 1,
        first_id: from,
        last_id: to,
      });
});

test('with another key nothing holds', async () => {
  here.reopen([Buffer.from('somebody else’s key')]);
  expect((await here.ledger.audit.verify({})).broken_total).toBeGreaterThanOrEqual(ENTRIES);
});

const anId = fc.integer({ min: 1, max: ENTRIES });

test('one changed byte of any column of any entry', async () => {
  const column = fc.constantFrom('at_ms', 'body', 'hash');
  await fc.assert(
    fc.asyncProperty(anId, column, fc.nat(), fc.integer({ min: 1, max: 255 }), async (id, name, at, mask) => {
      let before: unknown;
      here.tamper((db) => {
        const row = db
          .prepare(`SELECT ${name} AS value, CAST(${name} AS BLOB) AS bytes FROM audit WHERE id = ?`)
          .get(id) as { value: unknown; bytes: Uint8Array };
        before = row.value;
        const bytes = Buffer.from(row.bytes);
        bytes[at % bytes.length]! ^= mask;
        const as = name === 'at_ms' ? 'INTEGER' : 'TEXT';
        db.prepare(`UPDATE audit SET ${name} = CAST(CAST(? AS TEXT) AS ${as}) WHERE id = ?`).run(bytes, id);
        const { value } = db.prepare(`SELECT CAST(${name} AS BLOB) AS value FROM audit WHERE id = ?`).get(id) as {
          value: Uint8Array;
        };
        // A digit of the time that is none any more may leave the number it was.
        if (Buffer.from(value).equals(Buffer.from(row.bytes))) before = undefined;
      });
      if (before !== undefined) expect(await here.broken()).toEqual([id]);
      here.tamper((db) => {
        if (before !== undefined) db.prepare(`UPDATE audit SET ${name} = ? WHERE id = ?`).run(before, id);
      });
      expect(await here.broken()).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('who, from where, what and when: each is covered', async () => {
  for (const path of ['$.actor.name', '$.actor.ip', '$.actor.id', '$.target.id', '$.type', '$.result', '$.action']) {
    here.tamper((db) => db.prepare(`UPDATE audit SET body = json_set(body, ?, 'mallory') WHERE id = 5`).run(path));
    expect(await here.broken()).toEqual([5]);
    here.remove();
    here = new AuditLedger();
    here.fill(ENTRIES);
  }
});

test('entries taken out of the middle', async () => {
  here.tamper((db) => db.exec('DELETE FROM audit WHERE id IN (4, 5, 9)'));
  const { broken_links } = await here.ledger.audit.verify({});
  expect(broken_links.map(({ id, what }) => `${id} ${what}`)).toEqual([
    '4 entries 4 to 5 are missing',
    '6 it cannot be proven: the entry before it is missing',
    '9 entry 9 is missing',
    '10 it cannot be proven: the entry before it is missing',
  ]);
});

test('entries taken from the beginning', async () => {
  here.tamper((db) => db.exec('DELETE FROM audit WHERE id <= 2'));
  expect(await here.broken()).toEqual([1, 3]);
});

test('two entries that changed places', async () => {
  await fc.assert(
    fc.asyncProperty(anId, anId, async (a, b) => {
      const swap = (): void =>
        here.tamper((db) => {
          db.prepare('UPDATE audit SET id = -1 WHERE id = ?').run(a);
          db.prepare('UPDATE audit SET id = ? WHERE id = ?').run(a, b);
          db.prepare('UPDATE audit SET id = ? WHERE id = -1').run(b);
        });
      if (a === b) return;
      swap();
      const broken = await here.broken();
      expect(broken).toContain(a);
      expect(broken).toContain(b);
      swap();
    }),
    { numRuns: 20 },
  );
});

test('an entry put in: in a gap, behind the head, before the first', async () => {
  const copy = `INSERT INTO audit (id, at_ms, body, hash) SELECT ?, at_ms, body, hash FROM audit WHERE id = 3`;
  here.tamper((db) => {
    db.exec('DELETE FROM audit WHERE id = 7');
    db.prepare(copy).run(7);
    db.prepare(copy).run(ENTRIES + 1);
    db.prepare(copy).run(0);
  });
  // The eighth is as it was, and follows an entry that is not the one it followed.
  expect(await here.broken()).toEqual([0, 7, 8, ENTRIES + 1]);
});

describe('a cut tail', () => {
  const cut = (db: { exec(sql: string): void }): void => db.exec(`DELETE FROM audit WHERE id > ${ENTRIES - 2}`);

  test('shows at the head', async () => {
    here.tamper(cut);
    expect((await here.ledger.audit.verify({})).broken_links).toEqual([
      { id: ENTRIES - 1, what: `entries ${ENTRIES - 1} to ${ENTRIES} are missing` },
    ]);
  });

  test('shows when the head was cut to match, and is not healed by what is written after', async () => {
    here.tamper((db) => {
      cut(db);
      db.exec(`UPDATE audit_marks SET id = ${ENTRIES - 2},
        hash = (SELECT hash FROM audit WHERE id = ${ENTRIES - 2}) WHERE name = 'head'`);
    });
    expect(await here.broken()).toEqual([ENTRIES - 2]);
    here.fill(2);
    expect((await here.ledger.audit.verify({})).broken_links).toEqual([
      { id: ENTRIES - 1, what: expect.stringContaining('entries before it may be gone') as string },
    ]);
  });

  test('shows when the head was taken away, and everything with it', async () => {
    here.tamper((db) => db.exec(`DELETE FROM audit; DELETE FROM audit_marks`));
    expect((await here.ledger.audit.verify({})).valid).toBe(false);
    here.fill(2);
    expect((await here.ledger.audit.verify({})).valid).toBe(false);
  });

  test('shows under a manager that runs', async () => {
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const other = new DatabaseSync(here.file);
    cut(other);
    other.exec(`UPDATE audit_marks SET id = ${ENTRIES - 2} WHERE name = 'head'`);
    other.close();
    expect((await here.ledger.audit.verify({})).valid).toBe(false);
  });
});

describe('a purge vouches for nothing that was tampered with', () => {
  const NOW_MS = 1_700_000_000_000;
  const DAY_MS = 86_400_000;
  const YOUNG_STAY = { ageMs: DAY_MS, entries: 1000 };
  const ALL_GO = { ageMs: 0, entries: 0 };
  const purge = (rules: AuditRules, piece = 100): Purge => here.ledger.audit.purge(rules, NOW_MS + 1, piece);
  const kept = (): number[] =>
    here.ledger.audit
      .page({ types: ['process.command'] }, 50, 0)
      .entries.map(({ id }) => id)
      .reverse();

  test('deeds that were made old stay, and show', async () => {
    here.tamper((db) => db.exec('UPDATE audit SET at_ms = 0 WHERE id <= 5'));
    expect(purge(YOUNG_STAY)).toEqual({ gone: 0, broken: 'entry 1, or its hash, was changed, or another key made it' });
    expect(kept()).toHaveLength(ENTRIES);
    expect(await here.broken()).toEqual([1, 2, 3, 4, 5]);
  });

  test('what is proven goes, up to the one that is not', async () => {
    here.tamper((db) => db.exec(`UPDATE audit SET body = json_set(body, '$.actor.name', 'mallory') WHERE id = 6`));
    expect(purge(ALL_GO, 3)).toEqual({ gone: 3, broken: null });
    expect(purge(ALL_GO, 3)).toEqual({ gone: 2, broken: 'entry 6, or its hash, was changed, or another key made it' });
    expect(purge(ALL_GO, 3)).toEqual({ gone: 0, broken: 'entry 6, or its hash, was changed, or another key made it' });
    expect(kept()[0]).toBe(6);
    expect(await here.broken()).toEqual([6]);
  });

  test('entries taken from the beginning, before the first purge and after it', async () => {
    here.tamper((db) => db.exec('DELETE FROM audit WHERE id <= 2'));
    expect(purge(ALL_GO)).toEqual({ gone: 0, broken: 'entry 3 stands where entry 1 must be' });
    expect(await here.broken()).toEqual([1, 3]);
    here.remove();
    here = new AuditLedger();
    here.fill(ENTRIES);
    expect(purge(ALL_GO, 3).gone).toBe(3);
    here.tamper((db) => db.exec('DELETE FROM audit WHERE id <= 5'));
    expect(purge(ALL_GO)).toEqual({ gone: 0, broken: 'entry 6 stands where entry 4 must be' });
  });

  test('an anchor that was moved', async () => {
    expect(purge(ALL_GO, 3).gone).toBe(3);
    here.tamper((db) => db.exec(`UPDATE audit_marks SET id = 2 WHERE name = 'anchor'`));
    expect(purge(ALL_GO)).toEqual({
      gone: 0,
      broken: 'the anchor of the last purge was changed, or another key made it',
    });
    here.tamper((db) => db.exec(`DELETE FROM audit_marks WHERE name = 'anchor'`));
    expect(purge(ALL_GO)).toEqual({ gone: 0, broken: 'entry 4 stands where entry 1 must be' });
  });

  test('whatever is changed is found after it as before', async () => {
    const changes = [
      'UPDATE audit SET at_ms = at_ms - 1 WHERE id = ?',
      `UPDATE audit SET hash = replace(hash, 'a', 'b') || '0' WHERE id = ?`,
      `UPDATE audit SET body = body || ' ' WHERE id = ?`,
      'UPDATE audit SET id = -3 WHERE id = ?',
      'DELETE FROM audit WHERE id = ?',
    ];
    await fc.assert(
      fc.asyncProperty(anId, fc.constantFrom(...changes), fc.integer({ min: 1, max: 20 }), async (id, sql, piece) => {
        here.remove();
        here = new AuditLedger();
        here.fill(ENTRIES);
        here.tamper((db) => db.prepare(sql).run(id));
        for (let i = 0; i < ENTRIES; i++) purge(ALL_GO, piece);
        expect((await here.ledger.audit.verify({})).valid).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  test('under a key that is not given any more nothing goes, until it is given again', () => {
    here.reopen([Buffer.from('a newer key')]);
    expect(purge(ALL_GO).gone).toBe(0);
    here.reopen([Buffer.from('a newer key'), ...KEYS]);
    expect(purge(ALL_GO).gone).toBe(ENTRIES);
  });
});

test('any byte of the file: what is read is as it was written, or it is found', async () => {
  here.tamper((db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  const whole = readFileSync(here.file);
  const told = async ({ audit }: Ledger): Promise<string> => {
    const entries: string[] = [];
    for await (const piece of audit.walk({}, 0)) entries.push(...piece.map((entry) => JSON.stringify(entry)));
    return entries.join('\n');
  };
  const written = await told(here.ledger);
  const [first, last] = [whole.indexOf('{"type":"process'), whole.lastIndexOf('{"type":"process')];
  const anywhere = fc.nat(whole.length - 1);
  const inEntries = fc.integer({ min: Math.min(first, last) - 20, max: Math.max(first, last) + 400 });
  const where = fc.tuple(fc.oneof(anywhere, inEntries), fc.integer({ min: 1, max: 255 }));
  let found = 0;
  for (const [i, [at, mask]] of fc.sample(where, 400).entries()) {
    const changed = Buffer.from(whole);
    changed[at]! ^= mask;
    const copy = join(here.dir, `copy-${i}.db`);
    writeFileSync(copy, changed);
    let ledger: Ledger;
    try {
      ledger = openSqliteLedger(copy, { sealer: testSealer, auditKeys: KEYS });
    } catch {
      continue; // to SQLite it is no ledger any more
    }
    const { valid } = await ledger.audit.verify({});
    const isAsWritten = await told(ledger).then(
      (now) => now === written,
      () => false,
    );
    ledger.close();
    rmSync(copy);
    if (!valid) found += 1;
    expect({ at, mask, isSeen: isAsWritten || !valid }).toEqual({ at, mask, isSeen: true });
  }
  expect(found).toBeGreaterThan(100);
});

test('what could not be committed leaves no hole', async () => {
  const { ledger } = here;
  const event = {
    seq: 1,
    at_ms: 1,
    kind: 'x',
    level: 'info',
    worker_id: 'w',
    process: null,
    run_id: null,
    by: 't',
    message: '',
  } as const;
  ledger.commit({ ...batchOf([record()]), events: [event] });
  expect(() => ledger.commit({ ...batchOf([record()]), events: [event] })).toThrow();
  ledger.commit(batchOf([record()]));
  expect(await ledger.audit.verify({})).toMatchObject({ valid: true, last_id: ENTRIES + 2 });
});
