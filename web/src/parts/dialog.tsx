/**
 * A modal dialog: the browser's own, which keeps the focus inside, makes the rest inert, and closes with Escape. The
 * control marked `data-first` has the focus when it opens, and what had it before has it when it closes.
 */
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

interface Props {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly danger?: boolean;
  /** What lies behind is not to be read meanwhile. */
  readonly veiled?: boolean;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, danger, veiled, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed before it is taken out of the page: the browser gives the focus back only then.
  useLayoutEffect(() => {
    const dialog = ref.current;
    buttonOfMenu(document.activeElement)?.focus();
    dialog?.showModal();
    // The browser would take the first control it finds; the dialog knows the safe one.
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      data-danger={danger || undefined}
      data-veiled={veiled || undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="dialog-body">
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

/** An entry of a menu is gone by the time its dialog is: the menu's button stands for it. */
function buttonOfMenu(entry: Element | null): HTMLElement | null {
  const button = entry?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return button == null ? null : document.getElementById(button);
}
