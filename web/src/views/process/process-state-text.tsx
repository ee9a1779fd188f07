/** A process's state in words, with what else one must know at a glance: the countdown, what is wanted, what was asked. */
import type { ProcessView } from '../../../../protocol/views';
import { Countdown } from '../../parts/age';
import { useWords } from '../../parts/use-words';
import type { Request } from '../../state/requests';
import { desiredDiffers } from '../../state/severity';
import { TONES } from '../../parts/state-mark';

export function ProcessStateText({ process, request }: { process: ProcessView; request: Request | undefined }) {
  const words = useWords();
  return (
    <span className="state-text" data-tone={TONES[process.state]}>
      <span className="state-word">{words.states[process.state]}</span>
      {request !== undefined ? (
        <span className="state-note requested">{words.requested[request.verb]}</span>
      ) : process.state === 'backoff' && process.restart_at_ms !== null ? (
        <span className="state-note num">
          <Countdown untilMs={process.restart_at_ms} wrap={words.restartIn} />
        </span>
      ) : desiredDiffers(process) ? (
        <span className="state-note">{words.desired[process.desired]}</span>
      ) : process.healthy === false ? (
        <span className="state-note warn">{words.unhealthy}</span>
      ) : null}
    </span>
  );
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
