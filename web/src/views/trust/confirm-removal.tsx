/** Something that ends at once: what follows is said, and the way out has the focus. */
import type { ReactNode } from 'react';
import { FormDialog } from '../../parts/form-dialog';
import { useDoing } from '../../parts/use-doing';

interface Props {
  readonly title: string;
  readonly lead: string;
  readonly button: string;
  readonly disabled?: boolean;
  readonly work: () => Promise<unknown>;
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

export function ConfirmRemoval({ work, onDone, onClose, ...rest }: Props) {
  const doing = useDoing();
  const submit = async () => {
    if (!(await doing.run(work))) return;
    onClose();
    onDone();
  };
  return <FormDialog {...rest} danger doing={doing} onSubmit={() => void submit()} onClose={onClose} />;
}
