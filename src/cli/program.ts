/** The words of the command line. One file per command, under commands/. */
import { Command } from 'commander';
import { version } from '../../package.json';
import { addApply } from './commands/apply';
import { addApprove } from './commands/approve';
import { addAudit } from './commands/audit';
import { addCa } from './commands/ca';
import { addCancel } from './commands/cancel';
import { addCompletion } from './commands/completion';
import { addConfig } from './commands/config';
import { addDisable } from './commands/disable';
import { addDrain } from './commands/drain';
import { addEnable } from './commands/enable';
import { addEvents } from './commands/events';
import { addExplain } from './commands/explain';
import { addGraph } from './commands/graph';
import { addJob } from './commands/job';
import { addJobs } from './commands/jobs';
import { addJobsSubmit } from './commands/jobs-submit';
import { addJoinToken } from './commands/join-token';
import { addKeygen } from './commands/keygen';
import { addKill } from './commands/kill';
import { addLimits } from './commands/limits';
import { addLogin } from './commands/login';
import { addLogout } from './commands/logout';
import { addLogs } from './commands/logs';
import { addLs } from './commands/ls';
import { addNodes } from './commands/nodes';
import { addPlan } from './commands/plan';
import { addPriority } from './commands/priority';
import { addQueue } from './commands/queue';
import { addRecovery } from './commands/recovery';
import { addReject } from './commands/reject';
import { addRelease } from './commands/release';
import { addRestart } from './commands/restart';
import { addRetry } from './commands/retry';
import { addRollback } from './commands/rollback';
import { addRun } from './commands/run';
import { addSchedule } from './commands/schedule';
import { addSchedules } from './commands/schedules';
import { addSelftest } from './commands/selftest';
import { addStart } from './commands/start';
import { addStatus } from './commands/status';
import { addStop } from './commands/stop';
import { addSubmit } from './commands/submit';
import { addTemplates } from './commands/templates';
import { addToken } from './commands/token';
import { addTop } from './commands/top';
import { addUndrain } from './commands/undrain';
import { addUser } from './commands/user';
import { addVersions } from './commands/versions';
import { addWait } from './commands/wait';
import { addWhoami } from './commands/whoami';
import { addWorker } from './commands/worker';
import { addGlobalFlags } from './context';

const AFTER_HELP = `
A selector is a process's name (api), its key (w1/api), a glob of these (api-*, w1/*), or all;
node=GLOB, state=STATE, LABEL=GLOB and LABEL!=GLOB narrow it.

Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 some failed, 5 manager not reached.`;

export function buildProgram(): Command {
  const program = addGlobalFlags(new Command('procguard'))
    .description('Keeps commands running on one to a few hundred machines, and shows what they do.')
    .version(version)
    .showSuggestionAfterError()
    .addHelpText('after', AFTER_HELP);
  addLs(program);
  addStatus(program);
  addExplain(program);
  addLogs(program);
  addStart(program);
  addStop(program);
  addRestart(program);
  addKill(program);
  addDisable(program);
  addEnable(program);
  addPlan(program);
  addApply(program);
  addRollback(program);
  addVersions(program);
  addGraph(program);
  addRun(program);
  addSubmit(program);
  addTemplates(program);
  addJobsSubmit(addJobs(program));
  addJob(program);
  addQueue(program);
  addTop(program);
  addWait(program);
  addCancel(program);
  addRetry(program);
  addPriority(program);
  addRelease(program);
  addLimits(program);
  addSchedules(program);
  addSchedule(program);
  addEvents(program);
  addRecovery(program);
  addAudit(program);
  addNodes(program);
  addApprove(program);
  addReject(program);
  addDrain(program);
  addUndrain(program);
  addJoinToken(program);
  addLogin(program);
  addLogout(program);
  addWhoami(program);
  addUser(program);
  addToken(program);
  addConfig(program);
  addKeygen(program);
  addCa(program);
  addSelftest(program);
  addCompletion(program);
  // Run by other-programs.ts before this parser sees them; here so that help shows them.
  program.command('manager').description('run the manager here (procguard manager --help)');
  addWorker(program);
  return program;
}
