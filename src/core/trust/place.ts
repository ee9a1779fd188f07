/** Where an address is, for whatever is counted by address. */

/** One customer of a provider has a whole /64 of IPv6. */
export const placeOf = (ip: string): string =>
  ip.includes(':') ? `${wholeGroups(ip).slice(0, 4).join(':')}::/64` : ip;

function wholeGroups(ip: string): string[] {
  const [head = '', tail] = ip.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0'), ...after];
}
