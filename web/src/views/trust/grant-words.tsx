/** Grants as sentences: the role, and where it holds. */
import { grantText, readGrant, type Grant } from '../../../../protocol/rights';
import { useWords } from '../../parts/use-words';
import { labelsText } from '../../state/labels';

/** @param grants as parsed, or as the API writes them */
export function GrantWords({ grants }: { grants: readonly (Grant | string)[] }) {
  const { rights } = useWords();
  const known = grants.flatMap((grant) => (typeof grant === 'string' ? (readGrant(grant) ?? []) : grant));
  if (known.length === 0) return <span className="grants-none">{rights.none}</span>;
  return (
    <ul className="grants">
      {known.map((grant) => (
        <li key={grantText(grant)} title={rights.what[grant.role]}>
          <span className="role" data-role={grant.role}>
            {rights.roles[grant.role]}
          </span>{' '}
          {grant.on === null ? rights.everywhere : rights.on(labelsText(grant.on))}
        </li>
      ))}
    </ul>
  );
}
