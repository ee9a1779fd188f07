/** The head of what is open beside the table. Opened by key or click, it is where the reader goes on: it has the focus. */
import { useEffect, useRef, type ReactNode } from 'react';
import { IconButton } from './icon-button';
import { useWords } from './use-words';

interface Props {
  readonly title: string;
  readonly mark: ReactNode;
  readonly name: string;
  readonly onClose: () => void;
  /** What stands between the name and the way out. */
  readonly children: ReactNode;
}

export function PanelHead({ title, mark, name, onClose, children }: Props) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <header className="panel-head">
      <h2 ref={heading} tabIndex={-1} title={title}>
        {mark}
        <span className="panel-name">{name}</span>
      </h2>
      {children}
      <IconButton icon="close" label={words.panel.close} keys="Esc" onClick={onClose} />
    </header>
  );
}
