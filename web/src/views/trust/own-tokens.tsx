/** One's tokens for programs. */
import { useWords } from '../../parts/use-words';
import { MintToken } from './mint-token';
import { TokensBox } from './tokens-box';

export function OwnTokens() {
  const { tokens } = useWords();
  return (
    <TokensBox
      kind="api"
      className="box"
      words={tokens}
      lead={<p>{tokens.lead}</p>}
      none={<p className="hint">{tokens.none}</p>}
      Mint={MintToken}
    />
  );
}
