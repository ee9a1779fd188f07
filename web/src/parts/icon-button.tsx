import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon';
import { Tip } from './tip';

interface Props extends ComponentProps<'button'> {
  readonly icon: IconName;
  readonly label: string;
  readonly keys?: string;
}

/** A button that shows an icon; its label is its name and its tooltip. */
export function IconButton({ icon, label, keys, className, ...rest }: Props) {
  return (
    <Tip text={label} {...(keys !== undefined && { keys })}>
      <button type="button" className={`icon-button ${className ?? ''}`} aria-label={label} {...rest}>
        <Icon name={icon} />
      </button>
    </Tip>
  );
}
