/** Beneath a document: what it would change, what is wrong with it, what became of it. */
import { useEffect, useRef, type ReactNode } from 'react';
import { useWords } from '../../parts/use-words';
import { PlanView } from './plan-view';
import type { ChangeSteps } from './use-change';

interface Props {
  readonly steps: ChangeSteps;
  readonly onPlan: () => void;
  /** What a refusal says beside its sentence. */
  readonly children?: ReactNode;
}

export function ChangePanel({ steps, onPlan, children }: Props) {
  const { definitions } = useWords();
  const { change, applyPlanned } = steps;
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    if (change.kind === 'planned' || change.kind === 'refused') region.current?.scrollIntoView({ block: 'nearest' });
  }, [change.kind]);
  const asking = change.kind === 'asking';
  const changes = change.kind === 'planned' && change.reply.changes.some(({ action }) => action !== 'keep');
  return (
    <section ref={region} className="change" aria-label={definitions.preview}>
      <div className="change-buttons">
        <button type="button" className="button" disabled={asking} onClick={onPlan}>
          {definitions.plan}
        </button>
        <button type="button" className="button primary" disabled={!changes} onClick={applyPlanned}>
          {definitions.apply}
        </button>
        <span role="status" className="hint">
          {asking && (change.what === 'plan' ? definitions.planning : definitions.applying)}
          {change.kind === 'applied' && definitions.doneAs(change.reply.success)}
        </span>
      </div>
      {change.kind === 'refused' && (
        <div className="problem" role="alert">
          <span>{change.why}</span>
        </div>
      )}
      {change.kind === 'refused' && children}
      {change.kind === 'planned' && <PlanView changes={change.reply.changes} />}
      {change.kind === 'applied' && <PlanView changes={change.reply.results} />}
    </section>
  );
}
