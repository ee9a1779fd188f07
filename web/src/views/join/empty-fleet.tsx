import { StateMark } from '../../parts/state-mark';
import { useWords } from '../../parts/use-words';
import { JoinForm } from './join-form';

/** The first thing a new user sees: nothing is there yet, and this is how something comes. */
export function EmptyFleet() {
  const { join } = useWords();
  return (
    <div className="page empty">
      <div className="empty-marks" aria-hidden="true">
        <StateMark state="idle" />
        <StateMark state="busy" />
        <StateMark state="running" />
      </div>
      <h1>{join.empty}</h1>
      <p className="lead">{join.emptyLead}</p>
      <JoinForm />
    </div>
  );
}
