/** Every effect to every link: each takes those of its own workers. */
import type { Effect } from '../core/commands';
import type { LinkOut } from '../engine/ports';

export const fanOut = (links: readonly LinkOut[]): LinkOut => ({
  deliver(effect: Effect): void {
    for (const link of links) link.deliver(effect);
  },
});
