import type { DependencyCondition } from '../../../../protocol/dependencies';
import type { ProcessView } from '../../../../protocol/views';
import { Age, Countdown } from '../../parts/age';
import { CopyButton } from '../../parts/copy-button';
import { Fact } from '../../parts/fact';
import { Said } from '../../parts/said';
import { StateMark } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { formatBytes } from '../../state/durations';
import { dependencyKey } from '../../state/dependency-key';
import { CertificateView } from './certificate-view';
import { WorkerFacts } from '../worker/worker-facts';

export function DetailsTab({ process }: { process: ProcessView }) {
  const words = useWords();
  const { details, desired } = words;
  const time = (ms: number) => <time>{fullTime(ms, words.locale)}</time>;
  return (
    <div className="details">
      <dl className="facts">
        <Fact label={details.state}>
          <StateMark state={process.state} /> {words.states[process.state]} · {details.since} {time(process.since_ms)}
        </Fact>
        <Fact label={desired.label}>{desired.words[process.desired]}</Fact>
        <Fact label={details.why}>
          <Said text={process.why} />
        </Fact>
        {process.state === 'backoff' && process.restart_at_ms !== null && (
          <Fact label={details.nextRestart}>
            <Countdown untilMs={process.restart_at_ms} wrap={words.restartIn} />
          </Fact>
        )}
        <Fact label={details.command}>
          <span className="command">
            <code>{process.command}</code>
            <CopyButton plain text={process.command} label={details.copy} />
          </span>
        </Fact>
        <Fact label={details.workingDir}>
          {process.working_dir === null ? details.launcherDir : <code>{process.working_dir}</code>}
        </Fact>
        {process.pid !== null && (
          <Fact label={details.pid}>
            <code>{process.pid}</code>
          </Fact>
        )}
        {process.run_id !== null && (
          <Fact label={details.run}>
            <code>{process.run_id}</code>
          </Fact>
        )}
        {process.started_at_ms !== null && (
          <Fact label={details.started}>
            {time(process.started_at_ms)} (<Age sinceMs={process.started_at_ms} wrap={words.table.ago} />)
          </Fact>
        )}
        <Fact label={details.exit}>
          {process.exit_code !== null
            ? details.exitCode(process.exit_code)
            : process.signal !== null
              ? details.killedBy(process.signal)
              : details.noExit}
        </Fact>
        <Fact label={details.restarts}>
          {words.number(process.restart_count)} ·{' '}
          {details.restartsCounted(process.restarts_counted, process.max_restarts)}
        </Fact>
        {process.pid !== null && (
          <Fact label={details.ready}>
            {process.ready === false ? words.notReady : process.ready === true ? details.isReady : '—'}
          </Fact>
        )}
        <Depends on={process.depends_on} workerId={process.worker_id} />
        {process.isolation !== undefined && <Fact label={details.isolation}>{process.isolation.join('; ')}</Fact>}
        {process.unenforced.length > 0 && <Fact label={details.unenforced}>{process.unenforced.join('; ')}</Fact>}
        <Fact label={details.defined}>
          {process.version === null ? details.byLauncher : details.versionOf(process.version, process.set)}
        </Fact>
        <Fact label={details.health}>
          {process.healthy === null ? details.noCheck : process.healthy ? details.healthy : details.unhealthy}
        </Fact>
        {process.findings.length > 0 && <Fact label={details.findings}>{process.findings.join(' ')}</Fact>}
        {process.notes.length > 0 && <Fact label={details.notes}>{process.notes.join(' ')}</Fact>}
        <Fact label={details.type}>{process.process_type}</Fact>
        <Fact label={details.output}>{formatBytes(process.log_bytes)}</Fact>
      </dl>
      <h3>{words.certificate.title}</h3>
      {process.certificate === null ? (
        <p className="hint">{words.certificate.none}</p>
      ) : (
        <CertificateView certificate={process.certificate} />
      )}
      <WorkerOf workerId={process.worker_id} />
    </div>
  );
}

function Depends({ on, workerId }: { on: ProcessView['depends_on']; workerId: string }) {
  const { details, waiting } = useWords();
  const entries = Object.entries(on);
  if (entries.length === 0) return null;
  return (
    <Fact label={details.dependsOn}>
      {entries.map(([written, condition]) => (
        <span key={written} className="depends">
          <TargetLink target={dependencyKey(workerId, written)} /> {waiting.on[condition as DependencyCondition]}
        </span>
      ))}
    </Fact>
  );
}

function WorkerOf({ workerId }: { workerId: string }) {
  const { details } = useWords();
  const worker = useFleet((fleet) => fleet.workers.get(workerId));
  if (worker === undefined) return null;
  return (
    <>
      <h3>
        {details.worker} <TargetLink target={workerId} />
      </h3>
      <WorkerFacts worker={worker} />
    </>
  );
}
