/** A process that is run once has the policy never to restart. That is its queue's business, and no reason of its end. */
export const withoutPolicy = (why: string): string => why.replace(/; the policy is never to restart$/, '');
