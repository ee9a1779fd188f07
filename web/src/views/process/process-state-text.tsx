/** A process's state in words, with what else one must know at a glance: what was asked, the countdown, what is missing. */
import type { ProcessView } from '../../../../protocol/views';
import { Countdown } from '../../parts/age';
import { TONES } from '../../parts/state-mark';
import { useWords } from '../../parts/use-words';
import type { Request } from '../../state/requests';
import { desiredDiffers } from '../../state/severity';

export function ProcessStateText({ process, request }: { process: ProcessView; request: Request | undefined }) {
  const words = useWords();
  return (
    <span className="state-text" data-tone={TONES[process.state]}>
      <span className="state-word">{words.states[process.state]}</span>
      <StateNote process={process} request={request} />
    </span>
  );
}

/** One note at most, the most pressing one. */
function StateNote({ process, request }: { process: ProcessView; request: Request | undefined }) {
  const words = useWords();
  if (request !== undefined) return <span className="state-note requested">{words.requested[request.act]}</span>;
  if (process.state === 'backoff' && process.restart_at_ms !== null)
    return (
      <span className="state-note num">
        <Countdown untilMs={process.restart_at_ms} wrap={words.restartIn} />
      </span>
    );
  if (process.disabled !== null) return <span className="state-note">{words.disabled.short}</span>;
  if (process.state === 'running' && process.ready === false)
    return <span className="state-note">{words.notReady}</span>;
  if (desiredDiffers(process)) return <span className="state-note">{words.desired[process.desired]}</span>;
  if (process.healthy === false) return <span className="state-note warn">{words.unhealthy}</span>;
  return null;
}

/** All of them, and beside it how much of the budget is used: `7  3/10`. */
export function Restarts({ process }: { process: ProcessView }) {
  const words = useWords();
  const { restart_count: all, restarts_counted: counted, max_restarts: max } = process;
  return (
    <span
      className="restarts"
      data-spent={counted >= max || undefined}
      title={words.table.restartsOf(all, counted, max)}
    >
      {words.number(all)}
      {counted > 0 && (
        <span className="restarts-budget">
          {counted}/{max}
        </span>
      )}
    </span>
  );
}
