/** A dropdown menu. Not modal: a modal one locks scrolling with an inline style, which a strict security policy refuses. */
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon';

interface MenuProps {
  readonly trigger: ReactElement;
  readonly label: string;
  readonly openAtOnce?: boolean;
  readonly children: ReactNode;
}

export function Menu({ trigger, children, label, openAtOnce = false }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={openAtOnce}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8} aria-label={label}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  readonly icon?: IconName;
  readonly keys?: string;
  readonly danger?: boolean;
  /** Why it may not be chosen; null = it may. */
  readonly refused?: string | null;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

export function MenuItem({ icon, keys, danger, refused = null, onSelect, children }: ItemProps) {
  return (
    <DropdownMenu.Item
      className="menu-item"
      data-danger={danger || undefined}
      disabled={refused !== null}
      title={refused ?? undefined}
      onSelect={onSelect}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {keys && <kbd>{keys}</kbd>}
    </DropdownMenu.Item>
  );
}

export function MenuChoice<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}) {
  return (
    <>
      <DropdownMenu.Label className="menu-label">{props.label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={props.value} onValueChange={(value) => props.onChoose(value as T)}>
        {props.choices.map(([value, text]) => (
          <DropdownMenu.RadioItem key={value} value={value} className="menu-item">
            <span className="menu-check">
              <DropdownMenu.ItemIndicator>
                <Icon name="check" />
              </DropdownMenu.ItemIndicator>
            </span>
            <span>{text}</span>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  );
}
export const MenuLine = () => <DropdownMenu.Separator className="menu-line" />;
