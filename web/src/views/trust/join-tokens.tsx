/** Tokens that let machines in without a question. */
import { useState } from 'react';
import type { TokenView } from '../../../../protocol/trust-http';
import { readTokens, revokeToken } from '../../link/people';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { AddJoinToken } from './add-join-token';
import { ConfirmRemoval } from './confirm-removal';
import { TokenTable } from './token-table';

export function JoinTokens() {
  const { joinTokens, tokens } = useWords();
  // Who joins takes one of its uses.
  const joined = useFleet((fleet) => fleet.workers.size);
  const connection = useFleet((fleet) => fleet.manager);
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<TokenView | 'mint' | null>(null);
  const answer = useAnswer((signal) => readTokens(true, signal), [connection, joined, changes]);
  const changed = () => setChanges((count) => count + 1);
  const close = () => setAsked(null);
  const known = answer.kind === 'here' ? answer.value.filter(({ kind }) => kind === 'join') : [];
  return (
    <section className="join-tokens">
      <div className="box-head">
        <h2>{joinTokens.title}</h2>
        <button type="button" className="button" onClick={() => setAsked('mint')}>
          <Icon name="plus" />
          {joinTokens.mint}
        </button>
      </div>
      <p className="hint">{joinTokens.lead}</p>
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {known.length > 0 && <TokenTable kind="join" tokens={known} onRevoke={setAsked} />}
      {asked === 'mint' && <AddJoinToken onMinted={changed} onClose={close} />}
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
