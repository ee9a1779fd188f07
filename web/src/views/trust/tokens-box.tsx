/** Tokens of one kind: those there are, a new one, the end of one. */
import { useState, type ComponentType, type ReactNode } from 'react';
import type { TokenView } from '../../../../protocol/trust-http';
import { readTokens, revokeToken } from '../../link/people';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { ConfirmRemoval } from './confirm-removal';
import { TokenTable } from './token-table';

interface Props {
  readonly kind: 'api' | 'join';
  readonly className: string;
  readonly words: { readonly title: string; readonly mint: string };
  readonly lead: ReactNode;
  /** Where there are none. */
  readonly none?: ReactNode;
  /** They may be others when this is another. */
  readonly told?: unknown;
  readonly Mint: ComponentType<{ onMinted: () => void; onClose: () => void }>;
}

export function TokensBox({ kind, className, words, lead, none, told, Mint }: Props) {
  const { tokens } = useWords();
  const connection = useFleet((fleet) => fleet.manager);
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<TokenView | 'mint' | null>(null);
  const answer = useAnswer((signal) => readTokens(kind === 'join', signal), [connection, told, changes]);
  const changed = () => setChanges((count) => count + 1);
  const close = () => setAsked(null);
  const known = answer.kind === 'here' ? answer.value.filter((token) => token.kind === kind) : [];
  return (
    <section className={className}>
      <div className="box-head">
        <h2>{words.title}</h2>
        <button type="button" className="button" onClick={() => setAsked('mint')}>
          <Icon name="plus" />
          {words.mint}
        </button>
      </div>
      {lead}
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {known.length > 0 && <TokenTable kind={kind} tokens={known} onRevoke={setAsked} />}
      {answer.kind === 'here' && known.length === 0 && none}
      {asked === 'mint' && <Mint onMinted={changed} onClose={close} />}
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
