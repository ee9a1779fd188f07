/** A document, pasted or as a set is now: planned first, then applied. */
import { useEffect, useRef, useState } from 'react';
import { readSetText } from '../../link/definitions';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { PageTitle } from '../../parts/page-title';
import { Problem } from '../../parts/problem';
import { useWords } from '../../parts/use-words';
import { EXAMPLE_DOCUMENT } from '../../state/example-document';
import { BackLink } from './back-link';
import { ChangePanel } from './change-panel';
import { useChange } from './use-change';
import { sentenceOf } from '../../../../protocol/sentence-of';

/** @param set its present document is what one begins with; null = an empty page */
export function DocumentPage({ set }: { set: string | null }) {
  const { definitions } = useWords();
  const { ui } = useApp();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const steps = useChange();
  useEffect(() => {
    if (set === null) return;
    let wanted = true;
    readSetText(set).then(
      (written) => wanted && setText(written),
      (error: unknown) => wanted && setProblem(sentenceOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [set]);
  const { change } = steps;
  const problems = change.kind === 'refused' ? change.problems : [];
  return (
    <div className="page">
      <BackLink onBack={() => go(ui, { editing: null })} />
      <PageTitle>{set === null ? definitions.paste : definitions.inSet(set)}</PageTitle>
      <p className="lead">{definitions.documentLead}</p>
      <Problem why={problem} />
      <textarea
        ref={area}
        className="document"
        aria-label={definitions.document}
        value={text}
        rows={Math.min(40, Math.max(14, text.split('\n').length + 1))}
        spellCheck={false}
        placeholder={EXAMPLE_DOCUMENT}
        aria-invalid={problems.length > 0}
        onChange={(event) => {
          setText(event.target.value);
          steps.writeOn();
        }}
      />
      {text === '' && set === null && (
        <button type="button" className="link" onClick={() => setText(EXAMPLE_DOCUMENT)}>
          {definitions.useExample}
        </button>
      )}
      <ChangePanel
        steps={steps}
        onPlan={() => steps.planOf(text)}
        place={({ line, column }) => (
          <button type="button" className="link num" onClick={() => select(area.current, line, column)}>
            {definitions.line(line, column)}
          </button>
        )}
      />
    </div>
  );
}

/** The rest of the line is marked, so that the eye finds it. */
function select(area: HTMLTextAreaElement | null, line: number, column: number): void {
  if (area === null) return;
  const lines = area.value.split('\n');
  const begin = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(begin + column - 1, begin + (lines[line - 1]?.length ?? 0));
}
