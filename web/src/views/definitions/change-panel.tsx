/** Beneath a document: what it would change, what is wrong with it, what became of it. */
import { useEffect, useRef, type ReactNode } from 'react';
import type { DocumentProblem } from '../../link/ask';
import { GuardedButton } from '../../parts/guarded-button';
import { useRefusal } from '../../parts/use-refusal';
import { useWords } from '../../parts/use-words';
import { PlanView } from './plan-view';
import type { ChangeSteps } from './use-change';

interface Props {
  readonly steps: ChangeSteps;
  readonly onPlan: () => void;
  /** The way to the place of a problem; absent = it is shown at its field. */
  readonly place?: (problem: DocumentProblem) => ReactNode;
}

export function ChangePanel({ steps, onPlan, place }: Props) {
  const { definitions } = useWords();
  const { change, applyPlanned } = steps;
  const refused = useRefusal('process.define');
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    if (change.kind === 'planned' || change.kind === 'refused') region.current?.scrollIntoView({ block: 'nearest' });
  }, [change.kind]);
  const asking = change.kind === 'asking';
  const changes = change.kind === 'planned' && change.reply.changes.some(({ action }) => action !== 'keep');
  return (
    <section ref={region} className="change" aria-label={definitions.preview}>
      <div className="change-buttons">
        <GuardedButton refused={refused} className="button" disabled={asking} onClick={onPlan}>
          {definitions.plan}
        </GuardedButton>
        <GuardedButton refused={refused} className="button primary" disabled={!changes} onClick={applyPlanned}>
          {definitions.apply}
        </GuardedButton>
        <span role="status" className="hint">
          {asking && (change.what === 'plan' ? definitions.planning : definitions.applying)}
          {change.kind === 'applied' && definitions.doneAs(change.reply.success)}
        </span>
      </div>
      {change.kind === 'refused' && (
        <div className="problem" role="alert">
          {change.problems.length === 0 ? change.why : definitions.problems(change.problems.length)}
        </div>
      )}
      {change.kind === 'refused' && change.problems.length > 0 && (
        <ol className="document-problems">
          {change.problems.map((problem) => (
            <li key={problem.key}>
              {place?.(problem)} {problem.sentence}
            </li>
          ))}
        </ol>
      )}
      {change.kind === 'planned' && <PlanView changes={change.reply.changes} />}
      {change.kind === 'applied' && <PlanView changes={change.reply.results} />}
    </section>
  );
}
