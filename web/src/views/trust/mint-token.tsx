/** A token for a program: what it may do, for how long. Shown once. */
import { useState } from 'react';
import { grantText, type Grant } from '../../../../protocol/rights';
import type { MintedToken } from '../../../../protocol/trust-http';
import { mintToken } from '../../link/people';
import { FormDialog } from '../../parts/form-dialog';
import { ShownOnce } from '../../parts/shown-once';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useSession } from '../../parts/use-store';
import { useWords } from '../../parts/use-words';
import { GrantsEditor } from './grants-editor';
import { LastsField } from './lasts-field';
import { OwnPassword } from './own-password';

export function MintToken({ onMinted, onClose }: { onMinted: () => void; onClose: () => void }) {
  const { tokens } = useWords();
  const [name, setName] = useState('');
  const [lasts, setLasts] = useState('90d');
  /** Null = all that its owner has. */
  const [grants, setGrants] = useState<readonly Grant[] | null>(null);
  const [minted, setMinted] = useState<MintedToken | null>(null);
  const isPerson = useSession((session) => session.kind === 'in' && session.person !== null);
  const [current, setCurrent] = useState('');
  const doing = useDoing();
  if (minted !== null)
    return (
      <ShownOnce
        title={tokens.shown(minted.name)}
        lead={tokens.once}
        secret={minted.token}
        line={null}
        onClose={onClose}
      />
    );
  const mint = () =>
    doing.run(async () => {
      const expires = lasts.trim() === '' ? null : lasts.trim();
      const fewer = grants !== null && { grants: grants.map(grantText) };
      setMinted(await mintToken({ name, expires, ...fewer, ...(isPerson && { current }) }));
      onMinted();
    });
  return (
    <FormDialog
      title={tokens.mint}
      button={tokens.mintButton}
      disabled={name.trim() === '' || (isPerson && current === '')}
      doing={doing}
      onSubmit={() => void mint()}
      onClose={onClose}
    >
      <TextInput label={tokens.name} hint={tokens.nameHint} value={name} isFirst onText={setName} />
      <LastsField label={tokens.lasts} value={lasts} onChange={setLasts} />
      <div className="chips" role="group" aria-label={tokens.rights}>
        <button type="button" className="chip" aria-pressed={grants === null} onClick={() => setGrants(null)}>
          {tokens.rightsAs}
        </button>
        <button
          type="button"
          className="chip"
          aria-pressed={grants !== null}
          onClick={() => setGrants(grants ?? [{ role: 'viewer', on: null }])}
        >
          {tokens.rightsOwn}
        </button>
      </div>
      {grants !== null && <GrantsEditor grants={grants} onChange={setGrants} />}
      {isPerson && <OwnPassword value={current} onText={setCurrent} />}
    </FormDialog>
  );
}
