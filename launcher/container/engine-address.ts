/** Where the machine's container engine listens. */
import { statSync } from 'node:fs';
import { z } from 'zod';

export const EngineAddress = z.union([
  z.object({ socketPath: z.string() }),
  z.object({ host: z.string(), port: z.number().int() }),
]);
export type EngineAddress = z.infer<typeof EngineAddress>;

export type FoundEngine =
  | { readonly kind: 'found'; readonly address: EngineAddress }
  /** A sentence. */
  | { readonly kind: 'none'; readonly why: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** DOCKER_HOST, then Docker's socket, then Podman's of this user, then that of the machine. */
export function findEngine(environment: Environment): FoundEngine {
  const { DOCKER_HOST: named, XDG_RUNTIME_DIR: own } = environment;
  if (named !== undefined && named !== '') return engineAt(named);
  const places = [
    '/var/run/docker.sock',
    ...(own === undefined ? [] : [`${own}/podman/podman.sock`]),
    '/run/podman/podman.sock',
  ];
  const socketPath = places.find(isSocket);
  if (socketPath !== undefined) return { kind: 'found', address: { socketPath } };
  const why = `there is no container engine here: none of ${places.join(', ')} is a socket; start Docker, or podman.socket, or name one by DOCKER_HOST`;
  return { kind: 'none', why };
}

function engineAt(named: string): FoundEngine {
  const socketPath = /^unix:\/\/(\/.+)$/.exec(named)?.[1];
  if (socketPath !== undefined) return { kind: 'found', address: { socketPath } };
  const [, host, port] = /^tcp:\/\/(\[[\da-f:]+\]|[^:/]+):(\d+)\/?$/i.exec(named) ?? [];
  if (host !== undefined) return { kind: 'found', address: { host: host.replace(/[[\]]/g, ''), port: Number(port) } };
  const why = `DOCKER_HOST is ${named}, which is neither unix:///path nor tcp://host:port; a container runs on its worker's own machine, so its socket is meant`;
  return { kind: 'none', why };
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

export const addressText = (address: EngineAddress): string =>
  'socketPath' in address ? address.socketPath : `${address.host}:${address.port}`;
