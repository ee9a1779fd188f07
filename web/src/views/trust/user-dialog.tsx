/** What is done to one user: new rights, a new password, or the end of something. */
import { useState } from 'react';
import { grantText, readGrant, type Grant } from '../../../../protocol/rights';
import type { UserView } from '../../../../protocol/trust-http';
import { changeUser, removeUser } from '../../link/people';
import { useApp } from '../../parts/app-context';
import { FormDialog } from '../../parts/form-dialog';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { PASSWORD_CHARS_MIN } from '../../state/password';
import { ConfirmRemoval } from './confirm-removal';
import { GrantsEditor } from './grants-editor';

export interface UserAct {
  readonly kind: 'grants' | 'password' | 'disable' | 'removeTotp' | 'delete';
  readonly user: UserView;
}
interface Props {
  readonly act: UserAct;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function UserDialog({ act, onDone, onClose }: Props) {
  const { users } = useWords();
  const { commander } = useApp();
  const { user, kind } = act;
  const done = () => {
    commander.say({ tone: 'ok', title: users.saved(user.name), lines: [] });
    onDone();
  };
  const shared = { user, onDone: done, onClose };
  switch (kind) {
    case 'grants':
      return <RightsDialog {...shared} />;
    case 'password':
      return <PasswordDialog {...shared} />;
    case 'disable':
    case 'removeTotp':
    case 'delete':
      return (
        <ConfirmRemoval
          title={users[`${kind}Title`](user.name)}
          lead={users[`${kind}Lead`]}
          button={users.confirm[kind]}
          work={() =>
            kind === 'delete'
              ? removeUser(user.id)
              : changeUser(user.id, kind === 'disable' ? { disabled: true } : { remove_totp: true })
          }
          onDone={done}
          onClose={onClose}
        />
      );
  }
}

interface OneUser {
  readonly user: UserView;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function RightsDialog({ user, onDone, onClose }: OneUser) {
  const { users } = useWords();
  const { session } = useApp();
  const [grants, setGrants] = useState<readonly Grant[]>(() => user.grants.flatMap((text) => readGrant(text) ?? []));
  const doing = useDoing();
  const save = async () => {
    if (!(await doing.run(() => changeUser(user.id, { grants: grants.map(grantText) })))) return;
    onClose();
    onDone();
    // They may be one's own.
    void session.refresh();
  };
  return (
    <FormDialog
      title={users.rightsOf(user.name)}
      button={users.save}
      doing={doing}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <GrantsEditor grants={grants} onChange={setGrants} />
    </FormDialog>
  );
}

function PasswordDialog({ user, onDone, onClose }: OneUser) {
  const { users, setup } = useWords();
  const [password, setPassword] = useState('');
  const doing = useDoing();
  const save = async () => {
    if (!(await doing.run(() => changeUser(user.id, { password })))) return;
    onClose();
    onDone();
  };
  return (
    <FormDialog
      title={users.passwordOf(user.name)}
      lead={users.passwordLead}
      button={users.save}
      disabled={password === ''}
      doing={doing}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <TextInput
        label={users.password}
        hint={setup.passwordHint(PASSWORD_CHARS_MIN)}
        type="password"
        autoComplete="new-password"
        value={password}
        isFirst
        onText={setPassword}
      />
    </FormDialog>
  );
}
