/**
 * The manager's engine and its ledger in one program, under orders (queues/drive.ts): what of ours is left when nobody
 * asks over HTTP. Argument: a directory.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JobSpec, type JobId } from '../../protocol/jobs';
import type { WorkerId } from '../../protocol/ids';
import type { Asker } from '../../protocol/trust';
import { loadConfig } from '../../src/config/load';
import { coreSettingsOf } from '../../src/core-settings';
import { monotonicClock } from '../../src/engine/clock';
import { Engine } from '../../src/engine/engine';
import { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';
import { envSealer } from '../../src/trust/sealing/env-sealer';
import { openMasterKey } from '../../src/trust/sealing/master-key';
import { DoneCount, drive } from '../queues/drive';
import type { DrivenQueue } from '../queues/driven-queue';

const [, , dir = ''] = process.argv;
const SEALER = envSealer(openMasterKey('', { PROCGUARD_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }));
const SPEC = JobSpec.parse({ command: ['/bin/true'] });
const BY: Asker = { kind: 'manager', id: null, name: 'bench', ip: null, text: 'bench' };
const WORKER = 'bench' as WorkerId;
const LEASE_MS = 300_000;

const { config } = loadConfig({ file: null });
const engine = new Engine({
  settings: coreSettingsOf(config),
  clock: monotonicClock(),
  ledger: openSqliteLedger(join(dir, 'ledger.db'), { sealer: SEALER, auditKeys: [Buffer.from('a key of the bench')] }),
  logs: { runs: () => [] },
  usage: { note: () => undefined },
  onFatal: (error) => {
    throw error;
  },
});

let number = 0;
const newJobs = (count: number) =>
  Array.from({ length: count }, () => ({ id: `j_${++number}` as JobId, spec: SPEC, key: null, meta: {} }));
const submitted = async (count: number): Promise<void> => {
  await engine.submit({ kind: 'submitJobs', jobs: newJobs(count), via: 'procguard', owner: 'bench', by: BY });
};

const driven: DrivenQueue = {
  submit: () => submitted(1),
  submitMany: (_, count) => submitted(count),
  attend: async ({ concurrency }) => {
    await engine.submit({
      kind: 'registerAgent',
      worker: WORKER,
      type: 'claim',
      hostname: 'bench',
      version: null,
      labels: {},
      slots: concurrency,
      gpus: [],
      heartbeatIntervalMs: LEASE_MS,
      holds: null,
      account: null,
      by: BY,
    });
    const count = new DoneCount();
    let isHere = true;
    const work = async (): Promise<void> => {
      while (isHere) {
        const claimed = await engine.submit({
          kind: 'claimJobs',
          worker: WORKER,
          limit: concurrency,
          leaseMs: LEASE_MS,
          requestId: null,
        });
        if (claimed.length === 0) await pause(1);
        await Promise.all(
          claimed.map(({ job, attempt }) =>
            engine.submit({
              kind: 'attemptEnded',
              worker: WORKER,
              job: job.id,
              attempt: attempt.id,
              outcome: 'completed',
              why: 'exit code 0',
              exit: null,
              output: null,
            }),
          ),
        );
        count.note(claimed.length);
      }
    };
    const over = work();
    return {
      untilDone: (jobs) => count.untilDone(jobs),
      leave: async () => {
        isHere = false;
        await over;
      },
    };
  },
  close: () => Promise.resolve(engine.stop()),
};

drive(driven);
