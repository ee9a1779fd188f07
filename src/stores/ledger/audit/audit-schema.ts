/**
 * The audit's table. An entry is its number, its time and its body; what is looked for is derived from the body, so that
 * there is nothing to be changed beside what the hash covers. A body that is no JSON any more has nothing to be found by.
 */
const found = (path: string): string => `CASE WHEN json_valid(body) THEN body ->> '${path}' END`;

export const AUDIT_SCHEMA = [
  `CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL,
    type TEXT AS (${found('$.type')}),
    actor_id TEXT AS (${found('$.actor.id')}),
    actor_name TEXT AS (${found('$.actor.name')}),
    target_type TEXT AS (${found('$.target.type')}),
    target_id TEXT AS (${found('$.target.id')}))`,
  'CREATE INDEX audit_by_time ON audit (at_ms)',
  'CREATE INDEX audit_by_type ON audit (type)',
  'CREATE INDEX audit_by_actor_id ON audit (actor_id) WHERE actor_id IS NOT NULL',
  'CREATE INDEX audit_by_actor_name ON audit (actor_name)',
  'CREATE INDEX audit_by_target ON audit (target_id)',
  `CREATE TABLE audit_marks (
    name TEXT PRIMARY KEY, id INTEGER NOT NULL, hash TEXT NOT NULL, proof TEXT NOT NULL) WITHOUT ROWID`,
] as const;
