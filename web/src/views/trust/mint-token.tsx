/** A token for a program: what it may do, for how long. Shown once. */
import { useState } from 'react';
import { grantText, type Grant } from '../../../../protocol/rights';
import type { MintedToken } from '../../../../protocol/trust-http';
import { mintToken } from '../../link/people';
import { FormDialog } from '../../parts/form-dialog';
import { ShownOnce } from '../../parts/shown-once';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { GrantsEditor } from './grants-editor';
import { LastsField } from './lasts-field';

export function MintToken({ onMinted, onClose }: { onMinted: () => void; onClose: () => void }) {
  const { tokens } = useWords();
  const [name, setName] = useState('');
  const [lasts, setLasts] = useState('90d');
  /** Null = all that its owner has. */
  const [grants, setGrants] = useState<readonly Grant[] | null>(null);
  const [minted, setMinted] = useState<MintedToken | null>(null);
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
      setMinted(await mintToken({ name, expires, ...(grants !== null && { grants: grants.map(grantText) }) }));
      onMinted();
    });
  return (
    <FormDialog
      title={tokens.mint}
      button={tokens.mintButton}
      disabled={name.trim() === ''}
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
    </FormDialog>
  );
}
