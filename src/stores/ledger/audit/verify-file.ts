/** The check of an audit whose manager does not run, or is not believed: the file is read and nothing of it is changed. */
import { DatabaseSync } from '@photostructure/sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditVerdict } from '../../../../protocol/audit';
import { verifyAudit } from './audit-verify';
import type { AuditKeys } from './chain';

/** Beside the chain also what SQLite itself knows of the table and its indexes, by which entries are found. */
export async function verifyAuditFile(file: string, keys: AuditKeys): Promise<AuditVerdict> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const verdict = await verifyAudit({ db, keys, written: null, breathe: () => nextTurn() }, {});
    const faults = structureFaults(db);
    return {
      ...verdict,
      valid: verdict.valid && faults.length === 0,
      broken_links: [...verdict.broken_links, ...faults.map((what) => ({ id: 0, what }))],
      broken_total: verdict.broken_total + faults.length,
    };
  } finally {
    db.close();
  }
}

function structureFaults(db: InstanceType<typeof DatabaseSync>): string[] {
  try {
    const rows = db.prepare('PRAGMA integrity_check(audit)').all() as { integrity_check: string }[];
    return rows.map((row) => row.integrity_check).filter((what) => what !== 'ok');
  } catch (error) {
    return [`the file cannot be read: ${String((error as Error).message)}`];
  }
}
