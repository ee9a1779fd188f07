/** Tokens, for programs or to join. */
import type { TokenView } from '../../../../protocol/trust-http';
import { CardTable, type Column } from '../../parts/card-table';
import { IconButton } from '../../parts/icon-button';
import { fullTime } from '../../parts/time';
import { useClock } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { labelsText } from '../../state/labels';
import { GrantWords } from './grant-words';

interface Props {
  readonly kind: 'api' | 'join';
  readonly tokens: readonly TokenView[];
  readonly onRevoke: (token: TokenView) => void;
}

export function TokenTable({ kind, tokens, onRevoke }: Props) {
  const { tokens: text, joinTokens, locale, number } = useWords();
  const name: Column<TokenView> = {
    title: text.name,
    cell: (token) => (
      <>
        {token.name} <code className="faint">{token.id}</code>
      </>
    ),
  };
  const gives: readonly Column<TokenView>[] =
    kind === 'api'
      ? [{ title: text.rights, cell: ({ grants }) => <GrantWords grants={grants} /> }]
      : [
          { title: joinTokens.labels, cell: ({ labels }) => labelsText(labels) },
          {
            title: joinTokens.usesLeft,
            cell: ({ uses_left: left }) => (left === null ? joinTokens.anyNumber : number(left)),
          },
        ];
  const times: readonly Column<TokenView>[] = [
    { title: text.created, className: 'time', cell: (token) => fullTime(token.created_at_ms, locale) },
    { title: text.expires, className: 'time', cell: (token) => <Ending atMs={token.expires_at_ms} /> },
  ];
  const end: Column<TokenView> = {
    title: '',
    className: 'narrow',
    cell: (token) => (
      <IconButton
        icon="close"
        label={text.revoke(token.name)}
        className="danger-quiet"
        onClick={() => onRevoke(token)}
      />
    ),
  };
  const label = kind === 'join' ? joinTokens.label : text.label;
  return <CardTable label={label} rows={tokens} columns={[name, ...gives, ...times, end]} />;
}

function Ending({ atMs }: { atMs: number | null }) {
  const { tokens, locale } = useWords();
  const isOver = useClock(({ nowMs }) => atMs !== null && atMs <= nowMs);
  if (atMs === null) return tokens.never;
  return isOver ? tokens.over : fullTime(atMs, locale);
}
