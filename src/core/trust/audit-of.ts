/**
 * What the audit is told of a command: who asked for what, and how it was answered. One place for all commands, so that
 * none can be forgotten: the compiler asks for each new kind.
 */
import { Refusal } from '../../../protocol/errors';
import { fingerprintText } from '../../../protocol/fingerprint';
import type { Asker } from '../../../protocol/trust';
import type { AuditType } from '../../../protocol/audit';
import type { Decision, EngineCommand } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import { failureCode } from '../processes/failure-code';
import type { AuditRecord } from './words';

type Told = Omit<AuditRecord, 'result'>;

/** Null = nobody's deed, or not worth a line. @param reply what the command was answered */
export function auditOf(command: EngineCommand, reply: unknown): AuditRecord | null {
  const told = toldOf(command, reply);
  return told === null ? null : { ...told, result: reply instanceof Refusal ? reply.code : 'ok' };
}

/** The end of what somebody asked for. */
export function auditOfEnd(fact: Fact): AuditRecord | null {
  if (fact.kind !== 'command.done' || fact.command.asker.kind === 'manager') return null;
  const { worker, process, message, asker } = fact.command;
  return {
    type: 'process.command.done',
    actor: asker,
    target: { type: 'process', id: `${worker}/${process}` },
    action: message.kind === 'control' ? message.verb : message.kind,
    result: fact.result.ok ? 'ok' : failureCode(fact.result),
    details: { command_id: message.id, message: fact.result.message },
  };
}

function toldOf(command: EngineCommand, reply: unknown): Told | null {
  switch (command.kind) {
    case 'control':
      return deed('process.command', command.by, process(command.id, command.process), command.verb);
    case 'disable':
      return deed('process.command', command.by, process(command.id, command.process), 'disable', {
        reason: command.reason,
        until_ms: command.untilMs,
      });
    case 'enable':
      return deed('process.command', command.by, process(command.id, command.process), 'enable');
    case 'defineProcess':
      return deed('process.defined', command.by, process(command.worker, command.spec.name), 'define', {
        command: command.spec.command,
      });
    case 'forgetProcess':
      return deed('process.forgotten', command.by, process(command.id, command.process), 'forget');
    case 'applySet':
      return deed('definition.applied', command.by, { type: 'set', id: command.document.set }, 'apply', {
        processes: command.document.processes.length,
      });
    case 'rollback':
      return deed('definition.rolled_back', command.by, { type: 'set', id: command.asked.name }, 'rollback', {
        to: command.asked.to,
      });
    case 'removeWorker':
      return deed('worker.removed', command.by, worker(command.id), 'unregister', { why: command.why });
    case 'cleanup':
      return deed('worker.removed', command.by, worker('*'), command.all ? 'reset' : 'cleanup');
    case 'registerLauncher':
      return registration(command, reply);
    case 'registerPlain':
      return deed(
        reply instanceof Refusal ? 'worker.refused' : 'worker.registered',
        command.by,
        worker(command.id),
        'register',
        {
          hostname: command.hostname,
        },
      );
    case 'addUser':
      return deed(command.isSetup ? 'auth.setup' : 'user.created', command.by, user(command.user.name), 'create', {
        grants: command.user.grants,
      });
    case 'changeUser':
      return deed('user.updated', command.by, user(command.id), `change ${Object.keys(command.changes).join(', ')}`, {
        ...(command.changes.grants === undefined ? {} : { grants: command.changes.grants }),
        ...(command.changes.isDisabled === undefined ? {} : { disabled: command.changes.isDisabled }),
      });
    case 'removeUser':
      return deed('user.deleted', command.by, user(command.id), 'delete');
    case 'issueToken':
      return issued(command);
    case 'revokeToken':
      return revoked(command, reply);
    case 'mintAccount':
      return deed('worker.token.created', command.by, worker(command.account.id), 'create', {
        name: command.account.name,
        labels: command.account.labels,
      });
    case 'rotateAccount':
      return deed('worker.token.rotated', command.by, worker(command.id), 'rotate its token');
    case 'removeAccount':
      return deed('worker.removed', command.by, worker(command.id), 'delete', { force: command.isForced });
    case 'approve':
      return deed('worker.approved', command.by, worker(command.id), 'approve', { labels: command.labels });
    case 'reject':
      return deed('worker.rejected', command.by, worker(command.id), 'reject');
    case 'drain': {
      const type = command.isDraining ? 'worker.drained' : 'worker.undrained';
      return deed(type, command.by, worker(command.id), command.isDraining ? 'drain' : 'undrain');
    }
    case 'audit':
      return command.record;
    // A connection's own words, and the clock's.
    case 'openLink':
    case 'closeLink':
    case 'sync':
    case 'launcherFacts':
    case 'heard':
    case 'plainHeartbeat':
    case 'requeue':
    case 'judge':
    case 'tick':
      return null;
  }
}

function registration({ identity, proof }: Extract<EngineCommand, { kind: 'registerLauncher' }>, reply: unknown): Told {
  const isPending = reply instanceof Refusal && reply.code === 'pending_approval';
  const type: AuditType = isPending
    ? 'worker.pending'
    : reply instanceof Refusal
      ? 'worker.refused'
      : 'worker.registered';
  const actor: Asker = {
    kind: 'worker',
    id: null,
    name: identity.worker,
    ip: proof.from,
    text: `worker ${identity.worker}`,
  };
  return deed(type, actor, worker(identity.worker), 'register', {
    hostname: identity.hostname,
    version: identity.version,
    fingerprint: proof.keyHash === null ? null : fingerprintText(proof.keyHash),
  });
}

function issued({ token, by }: Extract<EngineCommand, { kind: 'issueToken' }>): Told {
  switch (token.kind) {
    case 'session':
      return deed('auth.login.success', by, { type: 'session', id: token.id }, 'log in');
    case 'api':
      return deed('api_key.created', by, { type: 'token', id: token.id }, 'create', {
        name: token.name,
        grants: token.grants,
        expires_at_ms: token.expiresAtMs,
      });
    case 'join':
      return deed('join_token.created', by, { type: 'token', id: token.id }, 'create', {
        name: token.name,
        labels: token.labels,
        uses: token.usesLeft,
        expires_at_ms: token.expiresAtMs,
      });
  }
}

function revoked({ id, by }: Extract<EngineCommand, { kind: 'revokeToken' }>, reply: unknown): Told {
  const kind = (reply as { kind?: string }).kind;
  if (kind === 'session') return deed('auth.logout', by, { type: 'session', id }, 'log out');
  return deed(kind === 'join' ? 'join_token.revoked' : 'api_key.revoked', by, { type: 'token', id }, 'revoke');
}

/**
 * A launcher that registers again as it was is no news: hundreds do when the manager restarts, and one that waits for
 * approval, or is refused, asks every few seconds.
 */
export function isRoutine(
  model: Model,
  command: EngineCommand,
  { reply, facts }: Pick<Decision, 'reply' | 'facts'>,
  nowMs: number,
): boolean {
  if (command.kind !== 'registerLauncher') return false;
  const { identity, proof } = command;
  const hasNews = facts.some(({ kind }) => kind !== 'worker.registered');
  if (!(reply instanceof Refusal))
    return !hasNews && model.workers.get(identity.worker)?.instance === identity.instance;
  if (reply.code === 'pending_approval') return !hasNews;
  return !model.refusalsTold.isNews(proof.from, `${identity.worker} ${reply.code}`, nowMs);
}

const deed = (
  type: AuditType,
  actor: Asker,
  target: AuditRecord['target'],
  action: string,
  details: AuditRecord['details'] = {},
): Told => ({ type, actor, target, action, details });

const worker = (id: string): AuditRecord['target'] => ({ type: 'worker', id });
const user = (id: string): AuditRecord['target'] => ({ type: 'user', id });
const process = (id: string, name: string | null): AuditRecord['target'] => ({
  type: 'process',
  id: name === null ? id : `${id}/${name}`,
});
