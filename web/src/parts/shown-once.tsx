/** A secret that is shown this once, with the line that uses it. It lives in this dialog and nowhere else. */
import { CopyButton } from './copy-button';
import { Dialog } from './dialog';
import { useWords } from './use-words';

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly secret: string;
  /** Ready to paste; null = there is none. */
  readonly line: string | null;
  readonly onClose: () => void;
}

export function ShownOnce({ title, lead, secret, line, onClose }: Props) {
  const { tokens } = useWords();
  return (
    // Neither Escape nor a click beside it closes what cannot be seen again.
    <Dialog title={title} onClose={() => undefined}>
      <p>{lead}</p>
      <div className="shown-once">
        <h3>{tokens.secret}</h3>
        <div className="join-line">
          <pre tabIndex={0} aria-label={tokens.secret}>
            <code>{secret}</code>
          </pre>
          <CopyButton text={secret} label={tokens.copy} />
        </div>
        {line !== null && (
          <>
            <h3>{tokens.line}</h3>
            <div className="join-line">
              <pre tabIndex={0} aria-label={tokens.line}>
                <code>{line}</code>
              </pre>
              <CopyButton text={line} label={tokens.copyLine} />
            </div>
          </>
        )}
      </div>
      <div className="dialog-buttons">
        <button type="button" className="button primary" onClick={onClose}>
          {tokens.done}
        </button>
      </div>
    </Dialog>
  );
}
