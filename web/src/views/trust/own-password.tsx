/** One's own password again, for what outlasts the session. */
import { TextInput } from '../../parts/text-input';
import { useWords } from '../../parts/use-words';

interface Props {
  readonly value: string;
  readonly isFirst?: boolean;
  readonly onText: (value: string) => void;
}

export function OwnPassword({ value, isFirst = false, onText }: Props) {
  const { account } = useWords();
  return (
    <TextInput
      label={account.own}
      hint={account.ownHint}
      type="password"
      autoComplete="current-password"
      value={value}
      isFirst={isFirst}
      onText={onText}
    />
  );
}
