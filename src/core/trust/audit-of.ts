/**
 * What the audit is told of a command: who asked for what, and how it was answered. One place for all commands, so that
 * none can be forgotten: the compiler asks for each new kind.
 */
import { Refusal } from '../../../protocol/errors';
import { fingerprintText } from '../../../protocol/fingerprint';
import { ownAsker, type Asker } from '../../../protocol/trust';
import type { AuditType } from '../../../protocol/audit';
import type { ControlReply, Decision, EngineCommand } from '../commands';
import type { Fact } from '../facts';
import type { Model } from '../model';
import { jobDeed } from '../jobs/audit';
import { scheduleDeed } from '../schedules/audit';
import { failureCode } from '../processes/failure-code';
import type { Token } from './rows';
import type { AuditRecord } from './words';

type Told = Omit<AuditRecord, 'result'>;

/**
 * @param model as it was before the command
 * @returns none for what was nobody's deed, or is not worth a line
 */
export function auditOf(model: Model, command: EngineCommand, decision: Decision): AuditRecord[] {
  if (command.kind === 'tick') return [...over(model, decision.facts)];
  if (command.kind === 'audit') return [command.record];
  if (isRoutine(model, command, decision)) return [];
  const told = toldOf(model, command, decision);
  // What it does by itself; the set-up link is its word too, but somebody came with it from somewhere.
  if (told === null || (told.actor.kind === 'manager' && told.actor.ip === null)) return [];
  return [{ ...told, result: decision.reply instanceof Refusal ? decision.reply.code : 'ok' }];
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

function toldOf(model: Model, command: EngineCommand, decision: Decision): Told | null {
  const { reply, facts } = decision;
  switch (command.kind) {
    case 'control':
      return deed('process.command', command.by, asked(command, reply), command.verb, issued(reply));
    case 'disable':
      return deed('process.command', command.by, asked(command, reply), 'disable', {
        ...issued(reply),
        reason: command.reason,
        until_ms: command.untilMs,
      });
    case 'enable':
      return deed('process.command', command.by, asked(command, reply), 'enable', issued(reply));
    case 'defineProcess': {
      const target = process(command.worker, command.spec.name);
      return deed('process.defined', command.by, target, 'define', { ...issued(reply), ...versions(model, facts) });
    }
    case 'forgetProcess': {
      const target = process(command.id, command.process);
      return deed('process.forgotten', command.by, target, 'forget', { ...issued(reply), ...versions(model, facts) });
    }
    case 'applySet': {
      const set = { type: 'set', id: command.document.set } as const;
      return deed('definition.applied', command.by, set, 'apply', versions(model, facts));
    }
    case 'rollback': {
      const { name, isSet, to } = command.asked;
      const target = { type: isSet ? 'set' : 'process', id: name } as const;
      return deed('definition.rolled_back', command.by, target, 'rollback', { to, ...versions(model, facts) });
    }
    case 'removeWorker':
      return deed('worker.removed', command.by, worker(command.id), 'unregister', { why: command.why });
    case 'cleanup':
      return deed('worker.removed', command.by, worker('*'), command.all ? 'reset' : 'cleanup', {
        removed: facts.flatMap((fact) => (fact.kind === 'worker.removed' ? [fact.id] : [])),
      });
    case 'registerLauncher':
      return registration(command, decision, 'register');
    case 'openLink':
      // One that is let in said so when it registered.
      return reply instanceof Refusal ? registration(command, decision, 'connect') : null;
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
      return tokenIssued(command);
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
    case 'submitJobs':
    case 'cancelJob':
    case 'retryJob':
    case 'changeJob':
    case 'approveJob':
    case 'setJobLimit':
    case 'registerAgent':
    case 'claimJobs':
    case 'attemptStarted':
    case 'attemptProgress':
    case 'attemptEnded':
    case 'renewLease':
    case 'openStream':
    case 'agentLeft':
    case 'forgetJobs':
      return jobDeed(command);
    case 'setSchedule':
    case 'removeSchedule':
    case 'enableSchedule':
    case 'runSchedule':
    case 'fireSchedule':
      return scheduleDeed(command, decision);
    // Told above, and a connection's own words, and the clock's.
    case 'audit':
    case 'closeLink':
    case 'sync':
    case 'launcherFacts':
    case 'heard':
    case 'plainHeartbeat':
    case 'requeue':
    case 'judge':
    case 'tick':
    case 'match':
    case 'tellRefusals':
      return null;
  }
}

type Introduction = Extract<EngineCommand, { kind: 'registerLauncher' | 'openLink' }>;

function registration({ identity, proof }: Introduction, { reply, facts }: Decision, action: string): Told {
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
  const account = facts.find((fact) => fact.kind === 'account.set')?.account ?? null;
  return deed(type, actor, worker(identity.worker), action, {
    hostname: identity.hostname,
    version: identity.version,
    fingerprint: proof.keyHash === null ? null : fingerprintText(proof.keyHash),
    // Whom it owes its credential to, when it got one by this.
    ...(account === null ? {} : { account: account.id, source: account.source, by: account.createdBy }),
  });
}

function tokenIssued({ token, by }: Extract<EngineCommand, { kind: 'issueToken' }>): Told {
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

const OVER = { session: 'auth.session.expired', api: 'api_key.expired', join: 'join_token.expired' } as const;

/** Tokens whose time has come: the clock's deed, told as that of whom they were of. */
function* over({ trust }: Model, facts: readonly Fact[]): Generator<AuditRecord> {
  for (const fact of facts) {
    const token = fact.kind === 'token.set' && fact.token === null ? trust.tokens.get(fact.id) : undefined;
    if (token === undefined) continue;
    const target = { type: token.kind === 'session' ? 'session' : 'token', id: token.id } as const;
    const details = token.kind === 'session' ? { from: token.from } : { name: token.name };
    yield { ...deed(OVER[token.kind], ownerOf(trust, token), target, 'expire', details), result: 'ok' };
  }
}

function ownerOf(trust: Model['trust'], token: Token): Asker {
  const owner = token.kind === 'join' || token.owner === null ? undefined : trust.users.get(token.owner);
  if (owner === undefined) return ownAsker('clock');
  return { kind: 'user', id: owner.id, name: owner.name, ip: null, text: owner.name };
}

/**
 * A launcher that registers again as it was is no news: hundreds do when the manager restarts, and one that waits for
 * approval, or is refused, asks every few seconds.
 */
function isRoutine(model: Model, command: EngineCommand, { facts, reply }: Decision): boolean {
  if (command.kind !== 'registerLauncher') return false;
  const hasNews = facts.some(({ kind }) => kind !== 'worker.registered');
  if (reply instanceof Refusal) return reply.code === 'pending_approval' && !hasNews;
  return !hasNews && model.workers.get(command.identity.worker)?.instance === command.identity.instance;
}

/** What a command became: its end is told under the same number. */
const issued = (reply: unknown): AuditRecord['details'] =>
  reply instanceof Refusal ? {} : { command_id: (reply as ControlReply).id };

/** Who was meant by a name alone, once that is known. */
function asked({ id, process: name }: { id: string; process: string | null }, reply: unknown): AuditRecord['target'] {
  return reply instanceof Refusal ? process(id, name) : { type: 'process', id: (reply as ControlReply).key };
}

/**
 * Which definitions became which: their words stay with the versions themselves, for commands and environments may hold
 * what is no business of whoever reads the audit.
 */
function versions(model: Model, facts: readonly Fact[]): AuditRecord['details'] {
  const given = facts.filter((fact) => fact.kind === 'definition.given');
  if (given.length === 0) return {};
  return {
    change: given[0]?.change.id,
    processes: given.map(({ key, spec }) => {
      const last = model.definitions.get(key)?.versions.at(-1);
      const before = last === undefined || last.spec === null ? 'nothing' : `version ${last.number}`;
      return `${key}: ${before} -> ${spec === null ? 'removed' : `version ${(last?.number ?? 0) + 1}`}`;
    }),
  };
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
