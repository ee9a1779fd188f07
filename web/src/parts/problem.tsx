/** The sentence of a refusal, read out when it appears. */
export function Problem({ why }: { why: string | null }) {
  if (why === null) return null;
  return (
    <p className="problem" role="alert">
      {why}
    </p>
  );
}
