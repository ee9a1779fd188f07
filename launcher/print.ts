/** What `--stop-all` and `--status` print. Pure. */
import type { StopCertificate } from '../protocol/process-state';
import type { LauncherStatus, StopAllReply } from './control/control-words';

export function stopAllText({ ok, results }: StopAllReply): string {
  if (results.length === 0) return 'nothing is kept here, so nothing was stopped\n';
  const lines = results.map(({ process, result }) => {
    const { certificate } = result;
    return `${result.ok ? 'ok  ' : 'FAIL'} ${process}: ${result.message}${certificate === null ? '' : certificateText(certificate)}`;
  });
  return `${lines.join('\n')}\n${ok ? 'everything is gone' : 'not everything is gone, see above'}\n`;
}

/** `; 3 processes seen, gone after 0.2 s, verified by cgroup`. */
function certificateText({ seen, left, verifiedBy, requestedAtMs, finishedAtMs }: StopCertificate): string {
  const took = `${((finishedAtMs - requestedAtMs) / 1000).toFixed(1)} s`;
  const processes = `${seen.length} ${seen.length === 1 ? 'process' : 'processes'} seen`;
  if (left.length === 0) return `; ${processes}, gone after ${took}, verified by ${verifiedBy}`;
  return `; ${processes}, left after ${took}: ${left.map(({ pid, command }) => `${pid} (${command})`).join(', ')}`;
}

export function statusText({ worker, pid, manager, connected, rules, processes, jobs }: LauncherStatus): string {
  const launcher =
    pid === null
      ? `no launcher of worker ${worker} runs here; the last one left:`
      : `launcher of worker ${worker}, pid ${pid}, ${connectionText(manager, connected)}`;
  const lines = processes.map(({ name, state, desired }) => {
    const who = state.kind === 'running' ? `, pid ${state.identity.pid}` : '';
    const wish = desired === 'running' && state.kind === 'stopped' ? ', wanted running' : '';
    return `  ${name}: ${state.kind}${who}${wish} (${state.why})`;
  });
  const law = rules === null ? [] : [`  command rules: ${rules}`];
  const attempts = jobs.map((job) => {
    const who = job.pid === null ? '' : `, pid ${job.pid}`;
    return `  job ${job.attempt}: ${job.state}${who}${job.why === '' ? '' : ` (${job.why})`}`;
  });
  return `${[launcher, ...law, ...lines, ...attempts].join('\n')}\n`;
}

function connectionText(manager: string | null, connected: boolean): string {
  if (manager === null) return 'works alone';
  return connected ? `connected to ${manager}` : `no connection to ${manager}`;
}
