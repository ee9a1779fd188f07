import { matchRanges } from '../../state/log-search';

/** Text with its matches marked. */
export function Marked({ text, pattern }: { text: string; pattern: RegExp | null }) {
  if (pattern === null) return <>{text}</>;
  const pieces: React.ReactNode[] = [];
  let from = 0;
  for (const [start, end] of matchRanges(text, pattern)) {
    pieces.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>);
    from = end;
  }
  pieces.push(text.slice(from));
  return <>{pieces}</>;
}
