/** Which engine answers, by the `Server` header of its API: `Libpod/4.3.1 (linux)`, `Docker/27.3.1 (linux)`. */
import type { EngineKind } from './create-options';

const KINDS: Readonly<Record<string, EngineKind>> = { libpod: 'podman', docker: 'docker' };

/** Null = it does not say: something stands before it, or it is another one. */
export function engineOf(server: string): { readonly kind: EngineKind; readonly version: string } | null {
  const [, product = '', version = ''] = /^(\w+)\/(\S+)/.exec(server) ?? [];
  const kind = KINDS[product.toLowerCase()];
  return kind === undefined ? null : { kind, version };
}
