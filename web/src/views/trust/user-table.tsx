import type { UserView } from '../../../../protocol/trust-http';
import { changeUser } from '../../link/people';
import { useApp } from '../../parts/app-context';
import { LazyMenu } from '../../parts/lazy-menu';
import { MenuItem, MenuLine } from '../../parts/menu';
import { fullTime } from '../../parts/time';
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
    <div className="plain-table-box">
      <table className="plain-table card-table" aria-label={text.label}>
        <thead>
          <tr>
            <th>{text.name}</th>
            <th>{text.rights}</th>
            <th>{text.state}</th>
            <th>{text.totp}</th>
            <th className="num">{text.sessions}</th>
            <th>{text.created}</th>
            <th className="narrow" />
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id} data-off={user.disabled || undefined}>
              <td>
                <strong>{user.name}</strong>
                {user.id === own && <span className="tag">{text.you}</span>}
              </td>
              <td data-label={text.rights}>
                <GrantWords grants={user.grants} />
              </td>
              <td className="word" data-label={text.state}>
                {user.disabled ? text.disabled : text.active}
              </td>
              <td className="word" data-label={text.totp}>
                {user.has_totp ? text.on : text.off}
              </td>
              <td className="num" data-label={text.sessions}>
                {words.number(user.sessions)}
              </td>
              <td className="time" data-label={text.created}>
                {fullTime(user.created_at_ms, words.locale)}{' '}
                <span className="faint">{words.events.by(user.created_by)}</span>
              </td>
              <td className="narrow">
                <UserMenu user={user} onAsk={onAsk} onChanged={onChanged} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function UserMenu({ user, onAsk, onChanged }: { user: UserView } & Omit<Props, 'users'>) {
  const { users: text } = useWords();
  const { commander } = useApp();
  const enable = () => {
    changeUser(user.id, { disabled: false }).then(
      () => {
        commander.say({ tone: 'ok', title: text.added(user.name), lines: [] });
        onChanged();
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        commander.say({ tone: 'bad', title: user.name, lines: [why] });
      },
    );
  };
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
