/** Users, with what can be done to each. */
import type { UserView } from '../../../../protocol/trust-http';
import { changeUser } from '../../link/people';
import { CardTable } from '../../parts/card-table';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem, MenuLine } from '../../parts/menu';
import { fullTime } from '../../parts/time';
import { useAtOnce } from '../../parts/use-at-once';
import { useSession } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { GrantWords } from './grant-words';
import type { UserAct } from './user-dialog';

interface Props {
  readonly users: readonly UserView[];
  readonly onAsk: (act: UserAct) => void;
  readonly onChanged: () => void;
}

export function UserTable({ users, onAsk, onChanged }: Props) {
  const words = useWords();
  const { users: text } = words;
  const own = useSession((session) => (session.kind === 'in' ? (session.person?.id ?? null) : null));
  return (
    <CardTable
      label={text.label}
      rows={users}
      isOff={({ disabled }) => disabled}
      columns={[
        {
          title: text.name,
          cell: ({ id, name }) => (
            <>
              <strong>{name}</strong>
              {id === own && <span className="tag">{text.you}</span>}
            </>
          ),
        },
        { title: text.rights, cell: ({ grants }) => <GrantWords grants={grants} /> },
        { title: text.state, className: 'word', cell: ({ disabled }) => (disabled ? text.disabled : text.active) },
        { title: text.totp, className: 'word', cell: ({ has_totp: isOn }) => (isOn ? text.on : text.off) },
        { title: text.sessions, className: 'num', cell: ({ sessions }) => words.number(sessions) },
        {
          title: text.created,
          className: 'time',
          cell: (user) => (
            <>
              {fullTime(user.created_at_ms, words.locale)}{' '}
              <span className="faint">{words.events.by(user.created_by)}</span>
            </>
          ),
        },
        {
          title: '',
          className: 'narrow',
          cell: (user) => <UserMenu user={user} onAsk={onAsk} onChanged={onChanged} />,
        },
      ]}
    />
  );
}

function UserMenu({ user, onAsk, onChanged }: { user: UserView } & Omit<Props, 'users'>) {
  const { users: text } = useWords();
  const atOnce = useAtOnce();
  const enable = () =>
    atOnce({
      to: user.name,
      work: () => changeUser(user.id, { disabled: false }),
      done: text.added(user.name),
      onDone: onChanged,
    });
  return (
    <LazyMenu label={text.actions(user.name)}>
      {() => (
        <>
          <MenuItem icon="edit" onSelect={() => onAsk({ kind: 'grants', user })}>
            {text.edit}
          </MenuItem>
          <MenuItem icon="token" onSelect={() => onAsk({ kind: 'password', user })}>
            {text.newPassword}
          </MenuItem>
          {user.has_totp && (
            <MenuItem icon="shield" onSelect={() => onAsk({ kind: 'removeTotp', user })}>
              {text.removeTotp}
            </MenuItem>
          )}
          <MenuLine />
          {user.disabled ? (
            <MenuItem icon="start" onSelect={enable}>
              {text.enable}
            </MenuItem>
          ) : (
            <MenuItem icon="disable" onSelect={() => onAsk({ kind: 'disable', user })}>
              {text.disable}
            </MenuItem>
          )}
          <MenuItem icon="close" danger onSelect={() => onAsk({ kind: 'delete', user })}>
            {text.delete}
          </MenuItem>
        </>
      )}
    </LazyMenu>
  );
}
