/** The sentence of a refusal, read out when it appears. */
import { Said } from './said';

export function Problem({ why }: { why: string | null }) {
  if (why === null) return null;
  return (
    <p className="problem" role="alert">
      <Said text={why} />
    </p>
  );
}
