/** Where secrets are in the ledger's rows: what is done to each of them, row by row. */
import type { SecretHolder } from '../../../protocol/sealed-env';
import type { Definition } from '../../core/definitions/versions';
import type { Command, Process } from '../../core/model';
import { META_CONFIG, type Job } from '../../core/jobs/rows';
import type { Schedule } from '../../core/schedules/rows';
import type { User } from '../../core/trust/rows';

export interface RowsWithSecrets {
  readonly processes: Process;
  readonly definitions: Definition;
  readonly commands: Command;
  readonly jobs: Job;
  readonly schedules: Schedule;
  readonly users: User;
}
export type TableWithSecrets = keyof RowsWithSecrets;
/** Gives the same object where nothing in it changes. */
export type Change = <T extends SecretHolder>(holder: T) => T;

/** The same row where nothing in it changes: most have no environment, and rows are written often. */
const CHANGED: {
  readonly [Table in TableWithSecrets]: (row: RowsWithSecrets[Table], change: Change) => RowsWithSecrets[Table];
} = {
  processes(row, change) {
    if (row.spec === null) return row;
    const spec = change(row.spec);
    return spec === row.spec ? row : { ...row, spec };
  },
  definitions(row, change) {
    const versions = row.versions.map((version) => {
      const spec = version.spec === null ? null : change(version.spec);
      return spec === version.spec ? version : { ...version, spec };
    });
    return versions.every((version, at) => version === row.versions[at]) ? row : { ...row, versions };
  },
  commands(row, change) {
    const { message } = row;
    if (message.kind !== 'define') return row;
    const spec = change(message.spec);
    return spec === message.spec ? row : { ...row, message: { ...message, spec } };
  },
  jobs(row, change) {
    const spec = change(row.spec);
    const meta = withConfig(row.meta, change);
    return spec === row.spec && meta === row.meta ? row : { ...row, spec, meta };
  },
  schedules(row, change) {
    const spec = change(row.spec);
    return spec === row.spec ? row : { ...row, spec };
  },
  users(row, change) {
    if (row.totp === null) return row;
    // Bound to its user: another row cannot be given it.
    const name = `totp ${row.id}`;
    const totp = change({ env: { [name]: row.totp }, secrets: [name] }).env[name] ?? null;
    return totp === row.totp ? row : { ...row, totp };
  },
};

export const hasSecrets = (table: string): table is TableWithSecrets => Object.hasOwn(CHANGED, table);

/** @param table any of the ledger's; most have no secrets */
export const withSecrets = <Row>(table: string, row: Row, change: Change): Row =>
  hasSecrets(table) ? (changedIn(table, row as never, change) as Row) : row;

const changedIn = <Table extends TableWithSecrets>(
  table: Table,
  row: RowsWithSecrets[Table],
  change: Change,
): RowsWithSecrets[Table] => CHANGED[table](row, change);

/** What a worker of SimpleTuner is given may hold secrets at any depth. */
function withConfig(meta: Job['meta'], change: Change): Job['meta'] {
  const config = meta[META_CONFIG];
  if (config === undefined) return meta;
  const changed = change({ env: { [META_CONFIG]: config }, secrets: [META_CONFIG] }).env[META_CONFIG] ?? config;
  return changed === config ? meta : { ...meta, [META_CONFIG]: changed };
}
