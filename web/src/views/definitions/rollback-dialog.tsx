/** Back to an earlier version: what that changes is shown before it is done. */
import { useState } from 'react';
import type { ApplyReply } from '../../../../protocol/definitions';
import { sentenceOf } from '../../../../protocol/sentence-of';
import { rollback } from '../../link/definitions';
import { Dialog } from '../../parts/dialog';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/problem';
import { useAnswer } from '../../parts/use-answer';
import { useWords } from '../../parts/use-words';
import { PlanView } from './plan-view';

type Stage =
  | { readonly kind: 'planned' }
  | { readonly kind: 'doing' }
  | { readonly kind: 'done'; readonly reply: ApplyReply }
  | { readonly kind: 'failed'; readonly why: string };

export function RollbackDialog({ name, to, onClose }: { name: string; to: number; onClose: () => void }) {
  const words = useWords();
  const { definitions } = words;
  const planned = useAnswer(() => rollback({ name, to, dry_run: true }), [name, to]);
  const [stage, setStage] = useState<Stage>({ kind: 'planned' });
  const go = () => {
    setStage({ kind: 'doing' });
    rollback({ name, to, dry_run: false }).then(
      (reply) => setStage({ kind: 'done', reply }),
      (error: unknown) => setStage({ kind: 'failed', why: sentenceOf(error) }),
    );
  };
  const problem = stage.kind === 'failed' ? stage.why : planned.kind === 'failed' ? planned.why : null;
  return (
    <Dialog
      onClose={onClose}
      title={
        <>
          <Icon name="back" /> {definitions.rollbackTitle(name, to)}
        </>
      }
    >
      <Problem why={problem} />
      <div className="plan-box" tabIndex={0} role="region" aria-label={definitions.preview}>
        {stage.kind === 'done' ? (
          <PlanView changes={stage.reply.results} />
        ) : (
          planned.kind === 'here' && <PlanView changes={asPlanned(planned.value)} />
        )}
      </div>
      <p role="status" className="hint">
        {stage.kind === 'doing'
          ? definitions.applying
          : stage.kind === 'done'
            ? definitions.doneAs(stage.reply.success)
            : ''}
      </p>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={onClose} data-first>
          {stage.kind === 'done' ? words.keys.dismiss : words.confirm.cancel}
        </button>
        {stage.kind !== 'done' && (
          <button
            type="button"
            className="button primary"
            disabled={planned.kind !== 'here' || stage.kind === 'doing'}
            onClick={go}
          >
            {definitions.rollback}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** A dry run is answered as results; what it would do is a plan. */
const asPlanned = ({ results }: ApplyReply) =>
  results.map(({ key, worker_id, process, action, fields, command, notes }) => ({
    key,
    worker_id,
    process,
    action,
    fields,
    command,
    notes,
  }));
