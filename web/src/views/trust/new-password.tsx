/** A new password, typed twice. */
import { TextInput } from '../../parts/text-input';
import { useWords } from '../../parts/use-words';
import { PASSWORD_CHARS_MIN } from '../../state/password';

export interface Typed {
  readonly password: string;
  readonly again: string;
}
export const NOTHING_TYPED: Typed = { password: '', again: '' };

/** While the second is not begun there is nothing to complain of. */
export const differs = ({ password, again }: Typed): boolean => again !== '' && again !== password;

interface Props {
  readonly label: string;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
}

export function NewPassword({ label, typed, onType }: Props) {
  const { setup } = useWords();
  const shared = { type: 'password', autoComplete: 'new-password', required: true } as const;
  return (
    <>
      <TextInput
        {...shared}
        label={label}
        hint={setup.passwordHint(PASSWORD_CHARS_MIN)}
        value={typed.password}
        onText={(password) => onType({ ...typed, password })}
      />
      <TextInput
        {...shared}
        label={setup.again}
        problem={differs(typed) ? setup.differs : undefined}
        value={typed.again}
        onText={(again) => onType({ ...typed, again })}
      />
    </>
  );
}
