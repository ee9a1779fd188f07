/** One's tokens for programs. */
import { useState } from 'react';
import type { TokenView } from '../../../../protocol/trust-http';
import { readTokens, revokeToken } from '../../link/people';
import { Icon } from '../../parts/icon';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { Problem } from '../../parts/problem';
import { useWords } from '../../parts/use-words';
import { ConfirmRemoval } from './confirm-removal';
import { MintToken } from './mint-token';
import { TokenTable } from './token-table';

export function OwnTokens() {
  const { tokens } = useWords();
  const connection = useFleet((fleet) => fleet.manager);
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<TokenView | 'mint' | null>(null);
  const answer = useAnswer((signal) => readTokens(false, signal), [connection, changes]);
  const changed = () => setChanges((count) => count + 1);
  const close = () => setAsked(null);
  const known = answer.kind === 'here' ? answer.value.filter(({ kind }) => kind === 'api') : [];
  return (
    <section className="box">
      <div className="box-head">
        <h2>{tokens.title}</h2>
        <button type="button" className="button" onClick={() => setAsked('mint')}>
          <Icon name="plus" />
          {tokens.mint}
        </button>
      </div>
      <p>{tokens.lead}</p>
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {answer.kind === 'here' &&
        (known.length === 0 ? (
          <p className="hint">{tokens.none}</p>
        ) : (
          <TokenTable kind="api" tokens={known} onRevoke={setAsked} />
        ))}
      {asked === 'mint' && <MintToken onMinted={changed} onClose={close} />}
      {asked !== null && asked !== 'mint' && (
        <ConfirmRemoval
          title={tokens.revokeTitle(asked.name)}
          lead={tokens.revokeLead}
          button={tokens.revokeButton}
          work={() => revokeToken(asked.id)}
          onDone={changed}
          onClose={close}
        />
      )}
    </section>
  );
}
