/**
 * How both sides show who a launcher is: the first digits of its own key's SHA-256. An operator compares the two before
 * approving.
 * @param keyHash hex
 * @returns `3f2a-91bc-...`: sixteen of the sixty-four digits
 */
export const fingerprintText = (keyHash: string): string => keyHash.slice(0, 16).replace(/(.{4})(?=.)/g, '$1-');
