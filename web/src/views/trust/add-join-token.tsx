import { useState } from 'react';
import type { MintedToken } from '../../../../protocol/trust-http';
import { mintJoinToken } from '../../link/machines';
import { FormDialog } from '../../parts/form-dialog';
import { LabelsField } from '../../parts/labels-field';
import { ShownOnce } from '../../parts/shown-once';
import { TextInput } from '../../parts/text-input';
import { useDoing } from '../../parts/use-doing';
import { useWords } from '../../parts/use-words';
import { readLabels } from '../../state/labels';
import { LastsField } from './lasts-field';

export function AddJoinToken({ onMinted, onClose }: { onMinted: () => void; onClose: () => void }) {
  const { joinTokens } = useWords();
  const [uses, setUses] = useState('1');
  const [lasts, setLasts] = useState('24h');
  const [labels, setLabels] = useState('');
  const [minted, setMinted] = useState<MintedToken | null>(null);
  const doing = useDoing();
  const read = readLabels(labels);
  const isBadCount = uses.trim() !== '' && !/^[1-9]\d*$/.test(uses.trim());
  if (minted !== null)
    return (
      <ShownOnce
        title={joinTokens.shown}
        lead={minted.join_command === null ? `${joinTokens.once} ${joinTokens.noLine}` : joinTokens.once}
        secret={minted.token}
        line={minted.join_command}
        onClose={onClose}
      />
    );
  const mint = () =>
    doing.run(async () => {
      if (!('labels' in read)) return;
      setMinted(
        await mintJoinToken({
          labels: read.labels,
          uses: uses.trim() === '' ? null : Number(uses),
          expires: lasts.trim() === '' ? null : lasts.trim(),
        }),
      );
      onMinted();
    });
  return (
    <FormDialog
      title={joinTokens.mint}
      lead={joinTokens.lead}
      button={joinTokens.mintButton}
      disabled={isBadCount || 'bad' in read}
      doing={doing}
      onSubmit={() => void mint()}
      onClose={onClose}
    >
      <TextInput
        label={joinTokens.uses}
        hint={joinTokens.usesHint}
        problem={isBadCount ? joinTokens.usesBad : undefined}
        value={uses}
        inputMode="numeric"
        isFirst
        onText={setUses}
      />
      <LastsField label={joinTokens.lasts} value={lasts} onChange={setLasts} />
      <LabelsField label={joinTokens.labels} text={labels} onChange={setLabels} />
    </FormDialog>
  );
}
