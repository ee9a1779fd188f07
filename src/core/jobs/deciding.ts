/** Of a gang, one node's end decides and one node's output is shown as the job's. */
import type { Attempt } from './rows';

/** Who stops the other nodes. */
export const GANG = 'its gang';

/**
 * The first node that did not complete; somebody's cancelling before it.
 * @param round the attempts that were assigned together
 * @returns null: none has ended so far but well, or for another's sake
 */
export function decisiveOf(round: readonly Attempt[]): Attempt | null {
  const ownEnds = round.filter((attempt) => didNotComplete(attempt) && attempt.stop?.by !== GANG).sort(byEnd);
  return ownEnds.find(({ stop }) => stop?.outcome === 'cancelled') ?? ownEnds[0] ?? null;
}

/**
 * Whose output is the job's where none is named: of the newest round that has any, the node that ended by itself and
 * decided, else the first node.
 * @param tries oldest first
 * @returns null: nothing has begun
 */
export function spokesmanOf(tries: readonly Attempt[]): Attempt | null {
  const begun = tries.filter(({ run, output }) => run !== null || output !== null);
  const round = begun.at(-1)?.round;
  const decisive = decisiveOf(tries.filter((attempt) => attempt.round === round));
  return (
    begun.find((attempt) => attempt === decisive && attempt.stop === null) ??
    begun.find((attempt) => attempt.round === round) ??
    null
  );
}

export const didNotComplete = ({ state }: Attempt): boolean => state.kind === 'ended' && state.outcome !== 'completed';
const byEnd = (a: Attempt, b: Attempt): number => heardAtMs(a) - heardAtMs(b);
/** Of its end. */
const heardAtMs = ({ state }: Attempt): number => (state.kind === 'ended' ? state.atMs : 0);
