/** `procguard manager --verify-audit`: the check of `procguard audit verify`, on the control host and without a manager. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAuditFile } from './stores/ledger/audit/verify-file';
import { auditKeys } from './trust/audit-keys';
import { keyFileIn } from './trust/sealing/key-file';
import { openMasterKey } from './trust/sealing/master-key';

export interface FileVerdict {
  readonly isGood: boolean;
  readonly lines: readonly string[];
}

/** @throws a sentence: there is no ledger, or no key, and none is made for a check */
export async function verifyAuditIn(dataDir: string, environment: NodeJS.ProcessEnv): Promise<FileVerdict> {
  const file = join(dataDir, 'ledger.db');
  if (!existsSync(file)) throw new Error(`there is no ledger ${file}; name the manager's directory with --data-dir`);
  const isKeyGiven = Boolean(environment.PROCGUARD_SECRET_KEY ?? environment.PROCGUARD_SECRET_KEY_FILE);
  if (!isKeyGiven && !existsSync(keyFileIn(dataDir)))
    throw new Error(
      `the key ${keyFileIn(dataDir)} is not there, and without it nothing can be said of the audit; put it back from your backup`,
    );
  const {
    valid,
    entries_checked: checked,
    broken_links: broken,
    broken_total: total,
    head,
  } = await verifyAuditFile(file, auditKeys(openMasterKey(dataDir, environment), environment));
  const end = head === null ? '' : `, up to entry ${head.id} (${head.hash})`;
  if (valid) return { isGood: true, lines: [`the audit holds: ${checked} entries${end}`] };
  const found = broken.map(({ id, what }) => `  ${id === 0 ? 'the table' : id}: ${what}`);
  return { isGood: false, lines: [`the audit does not hold: ${total} findings in ${checked} entries`, ...found] };
}
