/** Tokens that let machines in without a question. */
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { AddJoinToken } from './add-join-token';
import { TokensBox } from './tokens-box';

export function JoinTokens() {
  const { joinTokens } = useWords();
  // Who joins takes one of its uses.
  const joined = useFleet((fleet) => fleet.workers.size);
  return (
    <TokensBox
      kind="join"
      className="join-tokens"
      words={joinTokens}
      lead={<p className="hint">{joinTokens.lead}</p>}
      told={joined}
      Mint={AddJoinToken}
    />
  );
}
