/**
 * A button for what not everybody may do, or not at every moment. It stays where it is and can be reached, also with the
 * focus on it. Refused, it says why: by its title, and aloud when it is pressed.
 */
import type { ComponentProps } from 'react';
import { useApp } from './app-context';
import { useWords } from './use-words';

interface Props extends ComponentProps<'button'> {
  /** The sentence; null = it may be pressed. */
  readonly refused: string | null;
}

export function GuardedButton({ refused, disabled = false, onClick, title, ...rest }: Props) {
  const { commander } = useApp();
  const { rights } = useWords();
  if (refused === null && !disabled) return <button type="button" onClick={onClick} title={title} {...rest} />;
  return (
    <button
      {...rest}
      type="button"
      aria-disabled="true"
      title={refused ?? title}
      onClick={(event) => {
        event.preventDefault();
        if (refused !== null) commander.say({ tone: 'plain', title: rights.refused, lines: [refused] });
      }}
    />
  );
}
