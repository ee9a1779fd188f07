/**
 * The manager's head: a command, the model and the time go in; facts, effects and a reply come out. It changes
 * nothing but `contacts` (who was heard when), when attempts were renewed, and the command counter, which are no facts.
 */
import type { CommandOf, Decision, EngineCommand } from './commands';
import { ephemeralDue } from './fleet/ephemeral';
import { cleanup, removeWorker } from './fleet/remove';
import { applySet, rollback } from './definitions/apply';
import { closeLink, openLink, registerLauncher, registerPlain, sync } from './fleet/register';
import { heardOverLink, judgeSilence } from './fleet/liveness';
import type { Model } from './model';
import { judgement } from './monitor/process-monitor';
import { control } from './processes/control';
import { defineProcess, forgetProcess } from './processes/define';
import { recoveriesDue } from './recovery/release';
import { sceneOf } from './recovery/scene';
import { disable, enable } from './processes/enable';
import { plainHeartbeat, requeue } from './processes/plain';
import { launcherFacts } from './processes/report';
import type { CoreSettings } from './settings';
import { approve, drain, mintAccount, reject, removeAccount, rotateAccount } from './trust/accounts';
import { issueToken, revokeToken, tokensOver } from './trust/tokens';
import { addUser, changeUser, removeUser } from './trust/users';
import { claimJobs, endAttempt, registerAgent, renewLease, startAttempt, tellProgress } from './jobs/agents';
import { approveJob, cancelJob, changeJob, retryJob, setJobLimit } from './jobs/control';
import { forgetJobs } from './jobs/retention';
import { jobsDue } from './jobs/leases';
import { agentLeft, openStream } from './jobs/streams';
import { submitJobs } from './jobs/submit';
import { fireSchedule, runSchedule } from './schedules/firing';
import { enableSchedule, removeSchedule, setSchedule } from './schedules/keeping';

type Decider<K extends EngineCommand['kind']> = (
  model: Model,
  command: CommandOf<K>,
  settings: CoreSettings,
  nowMs: number,
) => Decision<K>;

const DECIDERS: { readonly [K in EngineCommand['kind']]: Decider<K> } = {
  registerLauncher,
  registerPlain,
  openLink,
  closeLink,
  sync,
  launcherFacts,
  heard: (model, { worker: id }, _settings, nowMs) => {
    const worker = model.workers.get(id);
    return worker === undefined
      ? { facts: [], effects: [], reply: null }
      : { ...heardOverLink(model, worker, nowMs), reply: null };
  },
  plainHeartbeat,
  requeue,
  control,
  defineProcess,
  forgetProcess,
  applySet,
  rollback,
  disable,
  enable,
  removeWorker,
  cleanup,
  addUser,
  changeUser,
  removeUser,
  issueToken,
  revokeToken,
  mintAccount,
  rotateAccount,
  removeAccount,
  approve,
  reject,
  drain,
  submitJobs,
  cancelJob,
  retryJob,
  changeJob,
  approveJob,
  claimJobs,
  attemptStarted: startAttempt,
  attemptProgress: tellProgress,
  attemptEnded: endAttempt,
  renewLease,
  registerAgent,
  openStream,
  agentLeft,
  forgetJobs,
  setJobLimit,
  setSchedule,
  removeSchedule,
  enableSchedule,
  runSchedule,
  fireSchedule,
  match: (model) => {
    model.jobs.mayMatch = true;
    return { facts: [], effects: [], reply: null };
  },
  audit: () => ({ facts: [], effects: [], reply: null }),
  tellRefusals: () => ({ facts: [], effects: [], reply: null }),
  judge: judgement,
  tick: (model, _command, settings, nowMs) => {
    const due = sceneOf(model, settings, nowMs);
    recoveriesDue(due);
    return {
      facts: [
        ...judgeSilence(model, settings, nowMs),
        ...tokensOver(model, nowMs),
        ...jobsDue(model, settings, nowMs),
        ...ephemeralDue(model, nowMs),
        ...due.facts,
      ],
      effects: due.effects,
      reply: null,
    };
  },
};

export function decide<K extends EngineCommand['kind']>(
  model: Model,
  command: CommandOf<K>,
  settings: CoreSettings,
  nowMs: number,
): Decision<K> {
  const decider = DECIDERS[command.kind] as unknown as Decider<K>;
  return decider(model, command, settings, nowMs);
}
