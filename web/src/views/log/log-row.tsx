import { memo, type CSSProperties } from 'react';
import { fullTime } from '../../parts/time';
import { useWords } from '../../parts/use-words';
import { paletteColor, readableOn, type Style } from '../../state/ansi';
import { formatBytes } from '../../state/durations';
import { rowContent } from '../../state/line-pieces';
import { rawLine, type Block, type GapBlock } from '../../state/log-block';
import type { Ending } from '../../state/run-ending';

interface Props {
  readonly block: Block;
  readonly line: number;
  readonly piece: number;
  /** Characters of an open block: its last line grows in place. */
  readonly chars: number;
  readonly columns: number | null;
  readonly whole: boolean;
  readonly pattern: RegExp | null;
  readonly current: boolean;
  /** Of the run before, on the row where a run begins. */
  readonly ending: Ending | null;
  readonly onShowAll: (block: Block, line: number) => void;
}

export const LogRow = memo(function LogRow(props: Props) {
  const { block, line, piece } = props;
  switch (block.kind) {
    case 'run':
      return <RunMark startedAtMs={block.startedAtMs} ending={props.ending} />;
    case 'gap':
      return <GapMark gap={block} />;
    case 'text':
      return (
        <div
          className="log-row"
          data-row
          data-piece={piece}
          data-stream={block.stream}
          data-current={props.current || undefined}
        >
          <LineText {...props} raw={rawLine(block, line)} />
        </div>
      );
  }
});

function LineText({ block, line, piece, columns, whole, pattern, raw, onShowAll }: Props & { raw: string }) {
  const words = useWords();
  const { pieces, cutFrom } = rowContent(raw, { columns, piece, whole, pattern });
  return (
    <>
      {pieces.map(({ text, style, marked }, at) => {
        if (marked) return <mark key={at}>{text}</mark>;
        return style === null ? (
          text
        ) : (
          <span key={at} className={classOf(style)} style={colorsOf(style)}>
            {text}
          </span>
        );
      })}
      {cutFrom !== null && (
        <button type="button" className="link show-all" onClick={() => onShowAll(block, line)}>
          {words.log.showAll(formatBytes(cutFrom))}
        </button>
      )}
    </>
  );
}

function RunMark({ startedAtMs, ending }: { startedAtMs: number; ending: Ending | null }) {
  const words = useWords();
  return (
    <div className="log-row log-mark">
      <span>
        {ending !== null && (
          <b data-how={ending.kind === 'code' ? (ending.code === 0 ? 'clean' : 'failed') : undefined}>
            {ending.kind === 'code'
              ? words.details.exitCode(ending.code)
              : ending.kind === 'signal'
                ? words.details.killedBy(ending.signal)
                : ending.sentence}
          </b>
        )}
        {words.log.runStarted(fullTime(startedAtMs, words.locale))}
      </span>
    </div>
  );
}

function GapMark({ gap: { from, to, reason } }: { gap: GapBlock }) {
  const words = useWords();
  const missing = from === to ? words.log.cut : words.log.gap(formatBytes(to - from));
  return (
    <div className="log-row log-mark log-gap">
      <span>{reason === null ? missing : `${missing}: ${words.log.gapReasons[reason]}`}</span>
    </div>
  );
}

const classOf = (style: Style): string =>
  [
    style.bold && 'ansi-bold',
    style.dim && 'ansi-dim',
    style.italic && 'ansi-italic',
    style.underline && 'ansi-underline',
    style.strike && 'ansi-strike',
  ]
    .filter(Boolean)
    .join(' ');

/**
 * Without a background, the first sixteen colours are the theme's, so that they can be read on it. On a background of
 * the line's own, all colours are a terminal's: they were chosen for each other.
 */
function colorsOf(style: Style): CSSProperties {
  const [fg, bg] = style.inverse ? [style.bg, style.fg ?? 7] : [style.fg, style.bg];
  if (bg === null) {
    if (fg === null) return {};
    return { color: typeof fg === 'number' && fg < 16 ? `var(--ansi-${fg})` : fixed(fg) };
  }
  return { backgroundColor: fixed(bg), color: fg === null ? readableOn(fixed(bg)) : fixed(fg) };
}

const fixed = (color: number | string): string => (typeof color === 'string' ? color : paletteColor(color));
