/** Secrets in the ledger's file: none as they are, all there again, and none lost with its key. */
import { NOTHING_CHANGED } from '../../src/engine/nothing-changed';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processKey, ProcessName, WorkerId } from '../../protocol/ids';
import { ProcessSpec } from '../../protocol/process-spec';
import type { Definition } from '../../src/core/definitions/versions';
import type { Journal, Ledger, LedgerBatch } from '../../src/engine/ports';
import { openLedger, rotateSecretKey, type OpenedLedger } from '../../src/open-ledger';

const VALUE = 'the-value-of-a-secret';
const spec = (env: Record<string, string>): ProcessSpec =>
  ProcessSpec.parse({ name: 'p', command: 'true', env, secrets: ['DSN'] });
const key = processKey(WorkerId.parse('w'), ProcessName.parse('p'));
const definition = (env: Record<string, string>): Definition => ({
  key,
  worker: WorkerId.parse('w'),
  versions: [
    {
      number: 1,
      spec: spec(env),
      change: { id: 'd1', order: 1, set: null, kind: 'define', by: 'test', atMs: 1 },
    },
  ],
});
const batch = (definitions: LedgerBatch['definitions']): LedgerBatch => ({
  ...NOTHING_CHANGED,
  definitions,
});
const ENV = { API_KEY: VALUE, DSN: `postgres://u:${VALUE}@h`, PORT: '8080' };

let dataDir: string;
let said: string[];
const journal = (): Journal => {
  const note = (line: string): void => void said.push(line);
  return { info: note, warn: note, error: note };
};
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'procguard-sealed-'));
  said = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const place = () => ({ dataDir, stateFile: join(dataDir, 'state.yaml') });
function withLedger<T>(use: (ledger: Ledger) => T, environment: NodeJS.ProcessEnv = {}): T {
  const opened: OpenedLedger = openLedger(place(), environment, journal());
  try {
    return use(opened.ledger);
  } finally {
    opened.ledger.close();
    opened.lock.release();
  }
}
const put = (environment?: NodeJS.ProcessEnv): void =>
  withLedger((ledger) => ledger.commit(batch(new Map([[key, definition(ENV)]]))), environment);
const envIn = (ledger: Ledger): Record<string, string> | undefined =>
  ledger.load().definitions[0]?.versions[0]?.spec?.env;
const filesWith = (text: string): string[] =>
  readdirSync(dataDir).filter((file) => readFileSync(join(dataDir, file), 'latin1').includes(text));
const bodyOf = (): string => {
  const db = new DatabaseSync(join(dataDir, 'ledger.db'));
  try {
    return (db.prepare('SELECT body FROM definitions').get() as { body: string }).body;
  } finally {
    db.close();
  }
};

it('seals what a name or the definition calls secret, and nothing else', () => {
  put();
  expect(filesWith(VALUE)).toEqual([]);
  expect(filesWith('8080')).not.toEqual([]);
  expect(withLedger(envIn)).toEqual(ENV);
});

it('shows nothing while it is open either', () => {
  withLedger((ledger) => {
    ledger.commit(batch(new Map([[key, definition(ENV)]])));
    expect(filesWith(VALUE)).toEqual([]);
  });
});

it('seals what an older version left as it is, also in free pages and in the WAL', () => {
  put();
  const db = new DatabaseSync(join(dataDir, 'ledger.db'));
  const plain = JSON.stringify({ ...definition(ENV), filler: 'x'.repeat(20_000) });
  db.exec('PRAGMA journal_mode = WAL');
  db.prepare('UPDATE definitions SET body = ?').run(plain);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  expect(filesWith(VALUE)).toEqual(['ledger.db']);
  withLedger((ledger) => {
    expect(envIn(ledger)).toEqual(ENV);
    expect(filesWith(VALUE)).toEqual([]);
  });
  expect(filesWith(VALUE)).toEqual([]);
});

it('reads what was written before definitions could list secrets', () => {
  put();
  const db = new DatabaseSync(join(dataDir, 'ledger.db'));
  db.exec(`UPDATE definitions SET body = json_remove(body, '$.versions[0].spec.secrets')`);
  db.close();
  expect(withLedger((ledger) => ledger.load().definitions[0]?.versions[0]?.spec?.secrets)).toEqual([]);
});

it('loses nothing with its key: what it cannot open stays sealed, is named, and opens when the key is back', () => {
  put();
  const sealed = bodyOf();
  const own = readFileSync(join(dataDir, 'secret.key'), 'utf8');
  rmSync(join(dataDir, 'secret.key'));
  withLedger((ledger) => {
    expect(said.join()).toMatch(
      /^2 secrets were sealed with another key .*: API_KEY of w\/p, DSN of w\/p\. Put that key/,
    );
    const { definitions } = ledger.load();
    // As any turn may do: a row is written again.
    ledger.commit(batch(new Map(definitions.map((row) => [row.key, row]))));
  });
  expect(JSON.parse(bodyOf())).toEqual(JSON.parse(sealed));
  const fresh = readFileSync(join(dataDir, 'secret.key'), 'utf8');
  writeFileSync(join(dataDir, 'secret.key'), fresh + own, { mode: 0o600 });
  said = [];
  expect(withLedger(envIn)).toEqual(ENV);
  expect(said).toEqual([]);
});

it('is sealed anew by a rotation: the key of before is needed no more', () => {
  put();
  const before = bodyOf();
  rotateSecretKey(place(), {}, journal());
  expect(bodyOf()).not.toBe(before);
  const [newest = ''] = readFileSync(join(dataDir, 'secret.key'), 'utf8').split('\n');
  writeFileSync(join(dataDir, 'secret.key'), newest, { mode: 0o600 });
  expect(withLedger(envIn)).toEqual(ENV);
  expect(said.join()).toMatch(/the secret key was rotated/);
});

it('is sealed anew in the readable state too, at once', () => {
  put();
  const sealed = JSON.parse(bodyOf()) as Definition;
  const file = join(dataDir, 'state.yaml');
  const state = { format: 'procguard-state-1', saved_at: '2026-01-01', workers: {}, processes: {} };
  writeFileSync(file, JSON.stringify({ ...state, definitions: { [key]: sealed } }));
  rotateSecretKey(place(), {}, journal());
  expect(readFileSync(file, 'utf8')).not.toContain(sealed.versions[0]?.spec?.env.API_KEY);
  const [newest = ''] = readFileSync(join(dataDir, 'secret.key'), 'utf8').split('\n');
  writeFileSync(join(dataDir, 'secret.key'), newest, { mode: 0o600 });
  for (const name of readdirSync(dataDir).filter((one) => one.startsWith('ledger.db'))) rmSync(join(dataDir, name));
  expect(withLedger(envIn)).toEqual(ENV);
});

it('is rotated only where no manager runs, and where the key is not given from outside', () => {
  put();
  withLedger(() => expect(() => rotateSecretKey(place(), {}, journal())).toThrow(/is in use by another manager/));
  const given = { PROCGUARD_SECRET_KEY: Buffer.alloc(32, 3).toString('base64') };
  expect(() => rotateSecretKey(place(), given, journal())).toThrow(/put the new one before the old one/);
});
