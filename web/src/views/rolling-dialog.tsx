/** A few at a time, each waited for until it is up and ready; the first failure ends it. Shows how far it is. */
import { useMemo, useState } from 'react';
import type { BatchReply } from '../../../protocol/http';
import { useApp } from '../parts/app-context';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { StateMark } from '../parts/state-mark';
import { useFleet } from '../parts/use-store';
import { useWords } from '../parts/use-words';
import { rolled, runsBefore, type RollStep, type RunsBefore } from '../state/rolling';

/** Seconds; as the command line's own. */
const TIMEOUT_DEFAULT = 30;
const TIMEOUT_MAX = 3600;

type Stage =
  | { readonly kind: 'asking' }
  | { readonly kind: 'rolling'; readonly before: RunsBefore }
  | { readonly kind: 'over'; readonly before: RunsBefore; readonly reply: BatchReply | null };

export function RollingDialog({ keys }: { keys: readonly string[] }) {
  const words = useWords();
  const { ui, live, commander } = useApp();
  const [atOnce, setAtOnce] = useState(1);
  const [timeout, setTimeout] = useState(TIMEOUT_DEFAULT);
  const [stage, setStage] = useState<Stage>({ kind: 'asking' });
  const close = () => ui.set((state) => ({ ...state, dialog: { kind: 'none' } }));
  const begin = () => {
    const processes = keys.flatMap((key) => live.fleet.get().processes.get(key) ?? []);
    const before = runsBefore(processes);
    setStage({ kind: 'rolling', before });
    void commander
      .send('restart', keys, { rolling: atOnce, timeout })
      .then((reply) => setStage({ kind: 'over', before, reply }));
  };
  return (
    <Dialog
      onClose={close}
      title={
        <>
          <Icon name="restart" /> {words.rolling.title(keys.length)}
        </>
      }
    >
      {stage.kind === 'asking' ? (
        <>
          <p>{words.rolling.lead}</p>
          <div className="join-fields">
            <Field label={words.rolling.atOnce}>
              {(control) => (
                <input
                  {...control}
                  data-first
                  type="number"
                  min={1}
                  max={keys.length}
                  value={atOnce}
                  onChange={(event) => setAtOnce(within(event.target.valueAsNumber, keys.length))}
                />
              )}
            </Field>
            <Field label={words.rolling.timeout} hint={words.rolling.timeoutHint}>
              {(control) => (
                <input
                  {...control}
                  type="number"
                  min={1}
                  max={TIMEOUT_MAX}
                  value={timeout}
                  onChange={(event) => setTimeout(within(event.target.valueAsNumber, TIMEOUT_MAX))}
                />
              )}
            </Field>
          </div>
          <ul className="confirm-list key-list" aria-label={words.confirm.list} tabIndex={0}>
            {keys.map((key) => (
              <li key={key}>{key}</li>
            ))}
          </ul>
        </>
      ) : (
        <Progress keys={keys} stage={stage} />
      )}
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={close}>
          {stage.kind === 'asking' ? words.confirm.cancel : words.keys.dismiss}
        </button>
        {stage.kind === 'asking' && (
          <button type="button" className="button primary" onClick={begin}>
            {words.rolling.button(keys.length)}
          </button>
        )}
      </div>
    </Dialog>
  );
}

const within = (value: number, most: number): number =>
  Number.isNaN(value) ? 1 : Math.max(1, Math.min(most, Math.floor(value)));

const MARKS = {
  later: 'stopped',
  now: 'starting',
  up: 'running',
  failed: 'failed',
  untouched: 'offline',
} as const satisfies Record<RollStep, string>;

function Progress({ keys, stage }: { keys: readonly string[]; stage: Exclude<Stage, { kind: 'asking' }> }) {
  const { rolling } = useWords();
  const processes = useFleet((fleet) => fleet.processes);
  const results = stage.kind === 'over' ? stage.reply?.results : undefined;
  const steps = useMemo(
    () =>
      keys.map((key) =>
        rolled(
          key,
          stage.before,
          processes.get(key),
          results?.find((result) => result.key === key),
        ),
      ),
    [keys, stage.before, processes, results],
  );
  const up = steps.filter(({ step }) => step === 'up').length;
  return (
    <>
      <p role="status">{stage.kind === 'rolling' ? rolling.going(up, keys.length) : rolling.over(up, keys.length)}</p>
      <progress className="roll-progress" max={keys.length} value={up} aria-label={rolling.title(keys.length)} />
      <ul className="confirm-list" tabIndex={0} aria-label={rolling.list}>
        {steps.map(({ key, step, message }) => (
          <li key={key} data-step={step}>
            <StateMark state={MARKS[step]} />
            <span className="confirm-name">{key}</span>
            <span className="confirm-state">{rolling.steps[step]}</span>
            {message !== null && step !== 'up' && <span className="confirm-effect">{message}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
