/** Who may log in, and what each may do. */
import { useState } from 'react';
import { readUsers } from '../../link/people';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useFleet } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { AddUser } from './add-user';
import { NeedsRight } from './needs-right';
import { UserDialog, type UserAct } from './user-dialog';
import { UserTable } from './user-table';

export function UsersPage() {
  const { users } = useWords();
  return (
    <NeedsRight permission="admin.users" title={users.title}>
      <Known />
    </NeedsRight>
  );
}

function Known() {
  const { users } = useWords();
  const connection = useFleet((fleet) => fleet.manager);
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<UserAct | 'add' | null>(null);
  const answer = useAnswer(readUsers, [connection, changes]);
  const changed = () => setChanges((count) => count + 1);
  const close = () => setAsked(null);
  const isFirst = answer.kind === 'here' && answer.value.length === 0;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{users.title}</h1>
        <span className="page-buttons">
          <button type="button" className="button primary" onClick={() => setAsked('add')}>
            <Icon name="plus" />
            {isFirst ? users.addFirst : users.add}
          </button>
        </span>
      </div>
      <p className="lead">{isFirst ? users.none : users.lead}</p>
      {answer.kind === 'failed' && <Problem why={answer.why} />}
      {answer.kind === 'here' && !isFirst && <UserTable users={answer.value} onAsk={setAsked} onChanged={changed} />}
      {asked === 'add' && <AddUser isFirst={isFirst} onAdded={changed} onClose={close} />}
      {asked !== null && asked !== 'add' && <UserDialog act={asked} onDone={changed} onClose={close} />}
    </div>
  );
}
