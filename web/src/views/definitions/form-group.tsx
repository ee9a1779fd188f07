/** A part of the form that can be folded. A problem inside unfolds it: what is hidden cannot be mended. */
import { useState, type ReactNode } from 'react';

export function Group({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  const [shown, setShown] = useState(open);
  const [wasOpen, setWasOpen] = useState(open);
  if (open !== wasOpen) {
    setWasOpen(open);
    if (open) setShown(true);
  }
  return (
    <details className="form-group" open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{title}</summary>
      <div className="form-fields">{children}</div>
    </details>
  );
}
