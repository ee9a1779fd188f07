interface Props {
  readonly label: string;
  readonly value: 'none' | 'some' | 'all';
  readonly onToggle: () => void;
}

/** A tick that can also say `some of them`. */
export function Checkbox({ label, value, onToggle }: Props) {
  return (
    <input
      type="checkbox"
      className="checkbox"
      aria-label={label}
      checked={value === 'all'}
      ref={(input) => {
        if (input) input.indeterminate = value === 'some';
      }}
      onChange={onToggle}
      onClick={(event) => event.stopPropagation()}
    />
  );
}
