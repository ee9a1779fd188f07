/** The roads to one manager: how it is asked things, and how its link is carried. Its URL says which. */
import { readFileSync } from 'node:fs';
import type * as Zeromq from 'zeromq';
import type { LauncherIdentity } from '../../protocol/link';
import { isZ85Key } from '../../protocol/z85';
import { zmqEndpoints } from '../../protocol/zmq';
import type { TrustWanted } from '../../protocol/trust-wanted';
import { ManagerTrust } from '../../src/trust/pinning/manager-trust';
import type { Carrier, CarrierParty } from './carrier';
import { HttpAddress } from './http-address';
import type { ManagerAddress } from './manager-address';
import { SocketCarrier } from './socket-carrier';
import { ZmqAddress } from './zmq/zmq-address';
import { ZmqCarrier } from './zmq/zmq-carrier';

export interface Roads {
  readonly address: ManagerAddress;
  carrierTo(party: CarrierParty): Carrier;
}

export interface RoadsWanted {
  readonly managerUrl: string;
  /** For a zmq:// URL: the manager's public key, or the file that holds it; null = nothing is encrypted. */
  readonly zmqServerKey: string | null;
  readonly trust: TrustWanted;
}

/**
 * @param keptAuthority a file that holds what `--ca-fingerprint` fetched; null = it is fetched each time
 * Rejects with a sentence when the URL needs a package that is not here, or a file of `trust` cannot be read.
 */
export async function roadsTo(
  { managerUrl, zmqServerKey, trust: wanted }: RoadsWanted,
  identity: LauncherIdentity,
  keptAuthority: string | null,
): Promise<Roads> {
  const endpoints = zmqEndpoints(managerUrl);
  if (endpoints === null) {
    const trust = new ManagerTrust(managerUrl, wanted, keptAuthority);
    trust.checkFiles();
    return {
      address: new HttpAddress(trust, identity.worker, identity),
      carrierTo: (party) => new SocketCarrier(trust, identity, party),
    };
  }
  const zeromq = await loadZeromq();
  const control = {
    zeromq,
    endpoint: endpoints.control,
    serverKey: zmqServerKey === null ? null : readKey(zmqServerKey),
  };
  return {
    address: new ZmqAddress(managerUrl, control, { ...control, endpoint: endpoints.output }, identity),
    carrierTo: (party) => new ZmqCarrier(control, identity, party),
  };
}

/** The launcher's only native module, and only for who asks for it. */
async function loadZeromq(): Promise<typeof Zeromq> {
  try {
    const loaded = (await import('zeromq')) as { default?: unknown };
    return (loaded.default ?? loaded) as typeof Zeromq;
  } catch (error) {
    throw new Error(
      `a zmq:// address needs the package zeromq, which cannot be loaded here (${(error as Error).message}); ` +
        'install it beside the launcher with npm install zeromq, or give --manager-url the http:// address of the manager',
      { cause: error },
    );
  }
}

/** @throws a sentence */
function readKey(keyOrFile: string): string {
  if (isZ85Key(keyOrFile)) return keyOrFile;
  const text = readFileSync(keyOrFile, 'utf8').trim();
  if (isZ85Key(text)) return text;
  throw new Error(`${keyOrFile} holds no public key of a manager; procguard keygen writes one`);
}
