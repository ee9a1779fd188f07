/** A menu that exists only once it is opened: a table of rows has one each, and scrolling should not pay for them. */
import { useState, type ReactNode } from 'react';
import { Icon } from './icon';
import { Menu } from './menu';

export function LazyMenu({ label, children }: { label: string; children: () => ReactNode }) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      aria-haspopup="menu"
      {...(!wanted && { onClick: () => setWanted(true) })}
    >
      <Icon name="more" />
    </button>
  );
  if (!wanted) return button;
  return (
    <Menu label={label} trigger={button} openAtOnce>
      {children()}
    </Menu>
  );
}
