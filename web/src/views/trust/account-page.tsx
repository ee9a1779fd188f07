/** One's own: what one may do, the password, the second factor, tokens for programs. */
import { useSession } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { GrantWords } from './grant-words';
import { OwnTokens } from './own-tokens';
import { PasswordForm } from './password-form';
import { SecondFactor } from './second-factor';

export function AccountPage() {
  const { account } = useWords();
  const session = useSession((state) => state);
  if (session.kind !== 'in')
    return (
      <div className="page">
        <h1>{account.title}</h1>
        <p className="lead">{account.openLead}</p>
      </div>
    );
  const { person, grants } = session;
  return (
    <div className="page">
      <h1>{account.title}</h1>
      <p className="lead">
        {account.as} <strong>{person?.name ?? account.proxied}</strong>
      </p>
      <section className="box">
        <h2>{account.rights}</h2>
        <GrantWords grants={grants} />
      </section>
      {person !== null && (
        <>
          <PasswordForm name={person.name} />
          <SecondFactor isOn={person.hasTotp} />
        </>
      )}
      <OwnTokens />
    </div>
  );
}
