/** The manager's own start and stop, told to its audit: a start without a stop before it was a crash or a kill. */
import { createHash } from 'node:crypto';
import type { AuditType } from '../protocol/audit';
import { ownAsker } from '../protocol/trust';
import type { ManagerConfig } from './config/manager-config';
import type { AuditRecord } from './core/trust/words';
import type { Engine } from './engine/engine';
import { VERSION } from './version';

/** Once it listens. @returns to be called before the engine is stopped */
export function tellOwnLife(engine: Engine, config: ManagerConfig): () => void {
  tell(engine, 'manager.started', 'start', {
    version: VERSION,
    host: config.web.host,
    // Two starts with the same digest had the same configuration; what is in it is not for the audit's readers.
    config_sha256: createHash('sha256').update(JSON.stringify(config)).digest('hex'),
  });
  return () => {
    // Before it, so that a stop is the last that is told of a life.
    engine.submit({ kind: 'tellRefusals' }).catch(() => undefined);
    tell(engine, 'manager.stopped', 'stop', {});
  };
}

function tell(engine: Engine, type: AuditType, action: string, details: AuditRecord['details']): void {
  const record: AuditRecord = {
    type,
    actor: ownAsker('manager'),
    target: { type: 'manager', id: 'manager' },
    action,
    result: 'ok',
    details,
  };
  engine.submit({ kind: 'audit', record }).catch(() => undefined);
}
