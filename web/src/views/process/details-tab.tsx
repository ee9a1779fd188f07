import type { ProcessView } from '../../../../protocol/views';
import { Age, Countdown } from '../../parts/age';
import { CopyButton } from '../../parts/copy-button';
import { StateMark } from '../../parts/state-mark';
import { fullTime } from '../../parts/time';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { formatBytes } from '../../state/durations';
import { CertificateView } from './certificate-view';
import { UsageChart } from './usage-chart';

export function DetailsTab({ process }: { process: ProcessView }) {
  const words = useWords();
  const { details, desired } = words;
  const time = (ms: number) => <time>{fullTime(ms, words.locale)}</time>;
  return (
    <div className="details">
      {process.pid !== null && (
        <div className="charts">
          <UsageChart process={process} measure="cpu" label={details.cpuChart} />
          <UsageChart process={process} measure="rssBytes" label={details.memoryChart} />
        </div>
      )}
      <dl className="facts">
        <Fact label={details.state}>
          <StateMark state={process.state} /> {words.states[process.state]} · {details.since} {time(process.since_ms)}
        </Fact>
        <Fact label={desired.label}>{desired.words[process.desired]}</Fact>
        <Fact label={details.why}>{process.why}</Fact>
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
        <Fact label={details.health}>
          {process.healthy === null ? details.noCheck : process.healthy ? details.healthy : details.unhealthy}
        </Fact>
        {process.findings.length > 0 && <Fact label={details.findings}>{process.findings.join(' ')}</Fact>}
        <Fact label={details.type}>{process.process_type}</Fact>
        <Fact label={details.output}>{formatBytes(process.log_bytes)}</Fact>
      </dl>
      <h3>{words.certificate.title}</h3>
      {process.certificate === null ? (
        <p className="hint">{words.certificate.none}</p>
      ) : (
        <CertificateView certificate={process.certificate} />
      )}
      <WorkerFacts workerId={process.worker_id} />
    </div>
  );
}

function WorkerFacts({ workerId }: { workerId: string }) {
  const words = useWords();
  const { details } = words;
  const worker = useFleet((fleet) => fleet.workers.get(workerId));
  const heardMs = useFleet((fleet) => fleet.contacts.get(workerId)?.atMs ?? 0);
  if (worker === undefined) return null;
  const labels = Object.entries(worker.labels);
  return (
    <>
      <h3>
        {details.worker} {worker.worker_id}
      </h3>
      <dl className="facts">
        <Fact label={details.workerState}>
          <StateMark state={worker.state} /> {words.states[worker.state]} · {worker.why}
        </Fact>
        <Fact label={details.hostname}>{worker.hostname}</Fact>
        {labels.length > 0 && (
          <Fact label={details.labels}>
            {labels.map(([name, value]) => (
              <code key={name} className="label">
                {name}={value}
              </code>
            ))}
          </Fact>
        )}
        {worker.version !== null && <Fact label={details.version}>{worker.version}</Fact>}
        <Fact label={words.table.contact}>
          <Age sinceMs={Math.max(worker.last_contact_ms, heardMs)} wrap={words.table.ago} />
        </Fact>
        {worker.findings.length > 0 && <Fact label={details.findings}>{worker.findings.join(' ')}</Fact>}
      </dl>
    </>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
