/** A labelled line of text. The first of a dialog has the focus when it opens. */
import type { ComponentProps } from 'react';
import { Field } from './field';

interface Props extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  readonly label: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly value: string;
  readonly isFirst?: boolean;
  readonly onText: (text: string) => void;
}

export function TextInput({ label, hint, problem, isFirst = false, onText, ...rest }: Props) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => (
        <input
          autoComplete="off"
          spellCheck={false}
          {...rest}
          {...control}
          data-first={isFirst || undefined}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}
