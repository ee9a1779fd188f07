/** A command of which nothing comes but the sentence that says why. */
import type { Refusal } from '../../protocol/errors';

export const refused = (reply: Refusal): { facts: []; effects: []; reply: Refusal } => ({
  facts: [],
  effects: [],
  reply,
});
