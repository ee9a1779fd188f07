/**
 * The durable memory of a manager, opened in order: the locks on its directory and on the readable state, the key for what
 * is secret in them, the ledger, and, when that is empty, the readable state that somebody put there.
 */
import { NOTHING_CHANGED } from './engine/nothing-changed';
import { join } from 'node:path';
import type { Sealer } from '../protocol/sealed-env';
import type { ManagerConfig } from './config/manager-config';
import type { Journal, Ledger } from './engine/ports';
import { openSqliteLedger } from './stores/ledger/sqlite-ledger';
import { lockDataDir, lockStateFile, type Lock } from './stores/locks';
import { readStateFile, resealStateFile } from './stores/state-file/state-file';
import { auditKeys } from './trust/audit-keys';
import { envSealer } from './trust/sealing/env-sealer';
import { rotateKeyFile } from './trust/sealing/key-file';
import { openMasterKey, type MasterKey } from './trust/sealing/master-key';

export interface OpenedLedger {
  readonly lock: Lock;
  readonly masterKey: MasterKey;
  /** For whoever writes secrets elsewhere too. */
  readonly sealer: Sealer;
  readonly ledger: Ledger;
}

type Place = Pick<ManagerConfig['state'], 'dataDir' | 'stateFile'>;

/** Nothing stays open or locked when one of the steps fails. */
export function openLedger(place: Place, environment: NodeJS.ProcessEnv, journal: Journal): OpenedLedger {
  const lock = lockPlace(place);
  try {
    return { lock, ...openLocked(place, environment, journal) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * A new key for everything secret, with no manager running: what was sealed is sealed with it when this returns.
 * @throws a sentence: a manager runs, the key is given from outside, or the readable state cannot be read
 */
export function rotateSecretKey(place: Place, environment: NodeJS.ProcessEnv, journal: Journal): void {
  const lock = lockPlace(place);
  try {
    rotateKeyFile(place.dataDir, environment);
    const { ledger, masterKey, sealer } = openLocked(place, environment, journal);
    ledger.close();
    resealStateFile(place.stateFile, sealer);
    journal.info(
      `the secret key was rotated: secrets in the ledger and in the readable state are sealed with the key ${masterKey.id} now. ` +
        `Keys of before stay in ${masterKey.source}, a line each below it, for backups and the audit`,
    );
  } finally {
    lock.release();
  }
}

function lockPlace({ dataDir, stateFile }: Place): Lock {
  const directory = lockDataDir(dataDir);
  try {
    const file = lockStateFile(stateFile);
    return {
      release: () => {
        file?.release();
        directory.release();
      },
    };
  } catch (error) {
    directory.release();
    throw error;
  }
}

function openLocked(
  { dataDir, stateFile }: Place,
  environment: NodeJS.ProcessEnv,
  journal: Journal,
): Omit<OpenedLedger, 'lock'> {
  const masterKey = openMasterKey(dataDir, environment);
  const sealer = envSealer(masterKey);
  const ledger = openSqliteLedger(join(dataDir, 'ledger.db'), { sealer, auditKeys: auditKeys(masterKey, environment) });
  try {
    importStateFile(ledger, stateFile, sealer, journal);
    sayWhatIsSealed(ledger, masterKey, journal);
    return { masterKey, sealer, ledger };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/** Nothing is lost by it, and nobody must be left to guess why a password does not arrive. */
function sayWhatIsSealed(ledger: Ledger, { source, id }: MasterKey, journal: Journal): void {
  const { unopened } = ledger.load();
  if (unopened.length === 0) return;
  const shown = unopened.slice(0, NAMED_MAX).join(', ') + (unopened.length > NAMED_MAX ? '...' : '');
  journal.warn(
    `${unopened.length} secrets were sealed with another key than those of ${source} (${id}) and stay sealed: ${shown}. ` +
      'Put that key on a line of its own below the first and start again; or give their values anew. Connected launchers bring theirs back',
  );
}

const NAMED_MAX = 5;

function importStateFile(ledger: Ledger, file: string, sealer: Sealer, journal: Journal): void {
  const { workers, counters } = ledger.load();
  if (workers.length > 0 || counters.eventSeq > 0) return;
  const rows = readStateFile(file, sealer);
  if (rows === null) return;
  ledger.commit({
    ...NOTHING_CHANGED,
    workers: new Map(rows.workers.map((worker) => [worker.id, worker])),
    processes: new Map(rows.processes.map((process) => [process.key, process])),
    definitions: new Map(rows.definitions.map((definition) => [definition.key, definition])),
    counters,
  });
  journal.info(
    `the ledger was empty: ${rows.workers.length} workers and ${rows.processes.length} processes taken from ${file}`,
  );
}
