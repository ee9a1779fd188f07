/** What the kernel lets this launcher do beyond what it lets everybody do. Source: capabilities(7). */
import { readFileSync } from 'node:fs';

const BITS = { setGid: 6n, setUid: 7n, nice: 23n, resource: 24n } as const;

export type Capabilities = { readonly [Name in keyof typeof BITS]: boolean };

/** Root in a container lacks some of them, so the user's number alone says too little where there is a /proc. */
export function readCapabilities(): Capabilities {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readText('/proc/self/status'))?.[1];
  const isRoot = process.getuid?.() === 0;
  const has = (bit: bigint): boolean =>
    effective === undefined ? isRoot : ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
  return { setGid: has(BITS.setGid), setUid: has(BITS.setUid), nice: has(BITS.nice), resource: has(BITS.resource) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
