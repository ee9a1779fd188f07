import { useWords } from '../../parts/use-words';
import { JoinForm } from './join-form';

export function JoinPage() {
  const { join } = useWords();
  return (
    <div className="page">
      <h1>{join.title}</h1>
      <p className="lead">{join.lead}</p>
      <JoinForm />
      <p className="hint join-proof">{join.proof}</p>
    </div>
  );
}
