/** Every state has a why; it stands first, with what is waited for, who disabled it, and what is found. */
import type { ProcessView } from '../../../../protocol/views';
import { useApp } from '../../parts/app-context';
import { Age, Countdown } from '../../parts/age';
import { GuardedButton } from '../../parts/guarded-button';
import { Said } from '../../parts/said';
import { TONES } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { fullTime } from '../../parts/time';
import { useFleet, useUi } from '../../parts/use-store';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { isAlive } from '../../state/severity';
import { UsageCell } from '../fleet/usage-cell';
import { ProcessStateText, Restarts } from './process-state-text';

export function WhyBanner({ process }: { process: ProcessView }) {
  const request = useUi((state) => state.requests.get(process.key));
  return (
    <div className="why" data-tone={TONES[process.state]}>
      <div className="why-line">
        <ProcessStateText process={process} request={request} />
        {process.state !== 'waiting' && (
          <span className="why-text">
            <Said text={process.why} />
          </span>
        )}
      </div>
      <WaitingFor process={process} />
      <DisabledLine process={process} />
      {[...process.findings, ...process.unenforced].map((finding) => (
        <p key={finding} className="why-finding">
          <Said text={finding} />
        </p>
      ))}
      <Vitals process={process} />
    </div>
  );
}

/** What it waits for, and how each of these is. */
function WaitingFor({ process }: { process: ProcessView }) {
  const { waiting } = useWords();
  if (process.waiting_for.length === 0) return null;
  return (
    <ul className="waiting-for" aria-label={waiting.label}>
      {process.waiting_for.map(({ key, condition, is }) => (
        <li key={key}>
          <TargetLink target={key} /> {waiting.on[condition]} <span className="waiting-is">({is})</span>
        </li>
      ))}
    </ul>
  );
}

function DisabledLine({ process }: { process: ProcessView }) {
  const words = useWords();
  const { commander } = useApp();
  const { disabled } = process;
  const refused = useRefusal('process.control', process.worker_id);
  if (disabled === null) return null;
  return (
    <p className="disabled-line">
      <span>
        <strong>{words.disabled.by(disabled.by)}</strong>
        {disabled.reason !== '' && <>: {disabled.reason}</>}{' '}
        <span className="num">
          {disabled.untilMs === null ? (
            words.disabled.forever
          ) : (
            <>
              {words.disabled.until(fullTime(disabled.untilMs, words.locale))} (
              <Countdown untilMs={disabled.untilMs} wrap={words.why.inSpan} />)
            </>
          )}
        </span>
      </span>
      <GuardedButton
        refused={refused}
        className="button small"
        onClick={() => void commander.send('enable', [process.key])}
      >
        {words.verbs.enable}
      </GuardedButton>
    </p>
  );
}

function Vitals({ process }: { process: ProcessView }) {
  const words = useWords();
  const ring = useFleet((fleet) => fleet.usage.get(process.key));
  const version = useFleet((fleet) => fleet.usage.get(process.key)?.version ?? 0);
  return (
    <dl className="vitals">
      {process.pid !== null && <Vital label={words.table.pid}>{process.pid}</Vital>}
      {isAlive(process) && process.started_at_ms !== null && (
        <Vital label={words.table.uptime}>
          <Age sinceMs={process.started_at_ms} />
        </Vital>
      )}
      <Vital label={words.table.restarts}>
        <Restarts process={process} />
      </Vital>
      {process.pid !== null && (
        <>
          <Vital label={words.table.cpu}>
            <UsageCell measure="cpu" process={process} ring={ring} version={version} />
          </Vital>
          <Vital label={words.table.memory}>
            <UsageCell measure="rssBytes" process={process} ring={ring} version={version} />
          </Vital>
        </>
      )}
    </dl>
  );
}

function Vital({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}
