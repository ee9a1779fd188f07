/** Who the reader is here, and the way to their account and out. */
import { DropdownMenu } from 'radix-ui';
import { go } from '../../link/navigation';
import { useApp } from '../../parts/app-context';
import { Icon } from '../../parts/icon';
import { Menu, MenuItem, MenuLine } from '../../parts/menu';
import { useSession } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { may } from '../../state/session';
import { GrantWords } from './grant-words';
import { sentenceOf } from '../../../../protocol/sentence-of';

export function SessionMenu() {
  const { account } = useWords();
  const session = useSession((state) => state);
  if (session.kind !== 'in' && session.kind !== 'open') return null;
  const name = session.kind === 'in' ? session.person?.name : undefined;
  return (
    <Menu
      label={account.title}
      trigger={
        <button
          type="button"
          className={name === undefined ? 'icon-button' : 'session-button'}
          aria-label={name === undefined ? account.openMenu : account.menu(name)}
        >
          <Icon name="person" />
          {name !== undefined && <span className="session-name">{name}</span>}
        </button>
      }
    >
      <Items />
    </Menu>
  );
}

function Items() {
  const { account, users, nav } = useWords();
  const { ui } = useApp();
  const session = useSession((state) => state);
  if (session.kind !== 'in')
    return (
      <>
        <DropdownMenu.Label className="menu-text">{account.openLead}</DropdownMenu.Label>
        <MenuLine />
        <MenuItem icon="plus" onSelect={() => go(ui, { view: 'users' })}>
          {users.addFirst}
        </MenuItem>
      </>
    );
  return (
    <>
      <DropdownMenu.Label className="menu-text">
        {account.as} <strong>{session.person?.name ?? account.proxied}</strong>
        <GrantWords grants={session.grants} />
      </DropdownMenu.Label>
      <MenuLine />
      <MenuItem icon="token" onSelect={() => go(ui, { view: 'account' })}>
        {account.page}
      </MenuItem>
      {may(session, 'admin.users', null) && (
        <MenuItem icon="person" onSelect={() => go(ui, { view: 'users' })}>
          {nav.users}
        </MenuItem>
      )}
      <MenuLine />
      <Logout />
    </>
  );
}

function Logout() {
  const { account } = useWords();
  const { session, commander } = useApp();
  const leave = () => {
    session.logout().catch((error: unknown) => {
      const why = sentenceOf(error);
      commander.say({ tone: 'bad', title: account.loggedOut, lines: [why] });
    });
  };
  return (
    <MenuItem icon="leave" onSelect={leave}>
      {account.logout}
    </MenuItem>
  );
}
