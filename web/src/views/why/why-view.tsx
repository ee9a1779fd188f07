/**
 * Why it is as it is: the cause and whose it is, what happens next, what it is known by, what lies behind it, and what a
 * person can do. The sentences are the manager's.
 */
import type { Explanation } from '../../../../protocol/views';
import { readExplanation } from '../../link/explain';
import { Age, Countdown } from '../../parts/age';
import { CopyButton } from '../../parts/copy-button';
import { Problem } from '../../parts/problem';
import { Said } from '../../parts/said';
import { isShownState, StateMark } from '../../parts/state-mark';
import { TargetLink } from '../../parts/target-link';
import { clockTime, fullTime } from '../../parts/time';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';

/** @param target a process's key, or a worker's id */
export function WhyView({ target }: { target: string }) {
  const { why } = useWords();
  // A row that was told again may have another reason.
  const row = useFleet((fleet) => fleet.processes.get(target) ?? fleet.workers.get(target));
  const answer = useAnswer((signal) => readExplanation(target, signal), [row]);
  return (
    <div className="details explanation" aria-busy={answer.kind === 'waiting'}>
      {answer.kind === 'waiting' && <p className="hint">{why.asking}</p>}
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {answer.kind === 'here' && <Explained {...answer.value} />}
    </div>
  );
}

function Explained({ cause, cause_kind: kind, by, since_ms: sinceMs, next, evidence, behind, advice }: Explanation) {
  const words = useWords();
  const { why } = words;
  return (
    <>
      <section className="cause" aria-label={why.cause}>
        <p className="cause-kind">{why.kinds[kind]}</p>
        <p className="cause-text">
          <Said text={cause} />
        </p>
        <p className="cause-by">
          {why.by(by)} · <time>{fullTime(sinceMs, words.locale)}</time> (
          <Age sinceMs={sinceMs} wrap={words.table.ago} />)
        </p>
        <p className="cause-next">
          <strong>{why.next}</strong>{' '}
          {next === null ? (
            why.nothing
          ) : (
            <>
              <Said text={next.what} />
              {next.at_ms !== null && (
                <span className="num"> · {<Countdown untilMs={next.at_ms} wrap={why.inSpan} />}</span>
              )}
            </>
          )}
        </p>
      </section>
      <Behind behind={behind} />
      {evidence.length > 0 && (
        <>
          <h3>{why.evidence}</h3>
          <ol className="evidence">
            {evidence.map(({ at_ms: atMs, what }, at) => (
              <li key={at}>
                {atMs === null ? (
                  <span className="evidence-undated">—</span>
                ) : (
                  <time title={fullTime(atMs, words.locale)}>{clockTime(atMs, words.locale)}</time>
                )}
                <span>
                  <Said text={what} />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      {advice.length > 0 && (
        <>
          <h3>{why.advice}</h3>
          <ul className="advice">
            {advice.map((line) => (
              <li key={line}>
                <code>{line}</code>
                <CopyButton plain text={line} label={why.copy(line)} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Behind({ behind }: Pick<Explanation, 'behind'>) {
  const words = useWords();
  if (behind.length === 0) return null;
  return (
    <>
      <h3>{words.why.behind}</h3>
      <ol className="behind">
        {behind.map(({ target, state, cause }) => (
          <li key={target}>
            {isShownState(state) && <StateMark state={state} />}
            <TargetLink target={target} />
            <span className="behind-state">{isShownState(state) ? words.states[state] : state}</span>
            <span className="behind-cause">
              <Said text={cause} />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
