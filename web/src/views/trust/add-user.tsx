import { useState } from 'react';
import { grantText, type Grant } from '../../../../protocol/rights';
import { addUser } from '../../link/people';
import { useApp } from '../../parts/app-context';
import { FormDialog } from '../../parts/form-dialog';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { PASSWORD_CHARS_MIN } from '../../state/password';
import { GrantsEditor } from './grants-editor';

interface Props {
  /** No user is there yet: this one is an admin, and closes the page to everybody else. */
  readonly isFirst: boolean;
  readonly onAdded: () => void;
  readonly onClose: () => void;
}

export function AddUser({ isFirst, onAdded, onClose }: Props) {
  const { users, setup } = useWords();
  const { commander, session } = useApp();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [grants, setGrants] = useState<readonly Grant[]>([{ role: isFirst ? 'admin' : 'viewer', on: null }]);
  const doing = useDoing();
  const add = async () => {
    if (!(await doing.run(() => addUser({ username, password, grants: grants.map(grantText) })))) return;
    onClose();
    commander.say({ tone: 'ok', title: users.added(username), lines: [] });
    // The first user closes the door behind this page: it is its login now.
    if (isFirst) await session.refresh();
    onAdded();
  };
  return (
    <FormDialog
      title={isFirst ? users.addFirst : users.add}
      lead={isFirst ? users.firstLead : users.addLead}
      button={users.addButton}
      disabled={username.trim() === '' || password === ''}
      doing={doing}
      onSubmit={() => void add()}
      onClose={onClose}
    >
      <TextInput label={users.name} hint={setup.nameHint} value={username} isFirst onText={setUsername} />
      <TextInput
        label={users.password}
        hint={setup.passwordHint(PASSWORD_CHARS_MIN)}
        type="password"
        autoComplete="new-password"
        value={password}
        onText={setPassword}
      />
      {!isFirst && <GrantsEditor grants={grants} onChange={setGrants} />}
    </FormDialog>
  );
}
