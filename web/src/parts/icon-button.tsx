import type { ComponentProps } from 'react';
import { GuardedButton } from './guarded-button';
import { Icon, type IconName } from './icon';
import { Tip } from './tip';

interface Props extends ComponentProps<'button'> {
  readonly icon: IconName;
  readonly label: string;
  readonly keys?: string;
  /** Why it may not be pressed; null = it may. */
  readonly refused?: string | null;
}

/** A button that shows an icon; its label is its name and its tooltip. */
export function IconButton({ icon, label, keys, refused = null, className, ...rest }: Props) {
  return (
    <Tip text={refused ?? label} {...(keys !== undefined && refused === null && { keys })}>
      <GuardedButton refused={refused} className={`icon-button ${className ?? ''}`} aria-label={label} {...rest}>
        <Icon name={icon} />
      </GuardedButton>
    </Tip>
  );
}
