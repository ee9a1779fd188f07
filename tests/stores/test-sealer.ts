/** Seals with a key of the tests, the same each time. */
import { envSealer } from '../../src/trust/sealing/env-sealer';
import { openMasterKey } from '../../src/trust/sealing/master-key';

export const testSealer = envSealer(
  openMasterKey('', { PROCGUARD_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }),
);
