/** Tokens, for programs or to join. */
import type { TokenView } from '../../../../protocol/trust-http';
import { IconButton } from '../../parts/icon-button';
import { fullTime } from '../../parts/time';
import { useClock } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { labelsText } from '../../state/labels';
import { GrantWords } from './grant-words';

interface Props {
  readonly kind: TokenView['kind'];
  readonly tokens: readonly TokenView[];
  readonly onRevoke: (token: TokenView) => void;
}

export function TokenTable({ kind, tokens, onRevoke }: Props) {
  const words = useWords();
  const { tokens: text, joinTokens } = words;
  const isJoin = kind === 'join';
  return (
    <div className="plain-table-box">
      <table className="plain-table card-table" aria-label={isJoin ? joinTokens.label : text.label}>
        <thead>
          <tr>
            <th>{text.name}</th>
            <th>{isJoin ? joinTokens.labels : text.rights}</th>
            {isJoin && <th>{joinTokens.usesLeft}</th>}
            <th>{text.created}</th>
            <th>{text.expires}</th>
            <th className="narrow" />
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td>
                {token.name} <code className="faint">{token.id}</code>
              </td>
              <td data-label={isJoin ? joinTokens.labels : text.rights}>
                {isJoin ? labelsText(token.labels) : <GrantWords grants={token.grants} />}
              </td>
              {isJoin && (
                <td data-label={joinTokens.usesLeft}>
                  {token.uses_left === null ? joinTokens.anyNumber : words.number(token.uses_left)}
                </td>
              )}
              <td className="time" data-label={text.created}>
                {fullTime(token.created_at_ms, words.locale)}
              </td>
              <td className="time" data-label={text.expires}>
                <Ending atMs={token.expires_at_ms} />
              </td>
              <td className="narrow">
                <IconButton
                  icon="close"
                  label={text.revoke(token.name)}
                  className="danger-quiet"
                  onClick={() => onRevoke(token)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Ending({ atMs }: { atMs: number | null }) {
  const { tokens, locale } = useWords();
  const isOver = useClock(({ nowMs }) => atMs !== null && atMs <= nowMs);
  if (atMs === null) return tokens.never;
  return isOver ? tokens.over : fullTime(atMs, locale);
}
