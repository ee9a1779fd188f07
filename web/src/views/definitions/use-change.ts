/** A document's way: planned, shown, applied. What is wrong with it comes back with its place. */
import { useState } from 'react';
import type { ApplyReply, PlanReply } from '../../../../protocol/definitions';
import { sentenceOf } from '../../../../protocol/sentence-of';
import { Refused, type DocumentProblem } from '../../link/ask';
import { apply, plan } from '../../link/definitions';

export type Change =
  | { readonly kind: 'writing' }
  | { readonly kind: 'asking'; readonly what: 'plan' | 'apply' }
  | {
      readonly kind: 'refused';
      readonly why: string;
      readonly problems: readonly DocumentProblem[];
      readonly entry: number | null;
    }
  | { readonly kind: 'planned'; readonly document: string; readonly reply: PlanReply }
  | { readonly kind: 'applied'; readonly reply: ApplyReply };

export interface ChangeSteps {
  readonly change: Change;
  planOf(document: string): void;
  /** Exactly what was planned. */
  applyPlanned(): void;
  /** The document is another one by now. */
  writeOn(): void;
}

export function useChange(): ChangeSteps {
  const [change, setChange] = useState<Change>({ kind: 'writing' });
  const refused = (error: unknown) =>
    setChange({
      kind: 'refused',
      why: sentenceOf(error),
      problems: error instanceof Refused ? error.details.problems : [],
      entry: error instanceof Refused ? error.details.entry : null,
    });
  return {
    change,
    planOf(document) {
      setChange({ kind: 'asking', what: 'plan' });
      plan(document).then((reply) => setChange({ kind: 'planned', document, reply }), refused);
    },
    applyPlanned() {
      if (change.kind !== 'planned') return;
      setChange({ kind: 'asking', what: 'apply' });
      apply(change.document).then((reply) => setChange({ kind: 'applied', reply }), refused);
    },
    writeOn: () => setChange((before) => (before.kind === 'writing' ? before : { kind: 'writing' })),
  };
}
