/** What a manager keeps on disk, opened in order, kept in bounds while it runs, and closed in the other order. */
import { join } from 'node:path';
import type { ManagerConfig } from './config/manager-config';
import type { Engine } from './engine/engine';
import { retainAudit } from './engine/audit-retention';
import { retainLogs } from './engine/log-retention';
import type { KeepRules, LogStore } from './engine/log-store-port';
import type { Clock, Journal, Ledger } from './engine/ports';
import { retainUsage } from './engine/usage-retention';
import { openLedger } from './open-ledger';
import { openLogStore } from './stores/logs/log-store';
import { StateFileWriter } from './stores/state-file/state-file';
import { UsageStore } from './stores/usage/usage-store';

export interface StoreParts {
  readonly config: ManagerConfig;
  /** Where a secret key may be given. */
  readonly environment: NodeJS.ProcessEnv;
  readonly journal: Journal;
}

export interface Stores {
  readonly ledger: Ledger;
  readonly logs: LogStore;
  readonly usage: UsageStore;
  /** From now on: what is over is dropped, and the readable state follows. Once. */
  tend(engine: Engine): void;
  /** When the engine has stopped and nobody sends output any more. */
  close(): Promise<void>;
}

/** @throws a sentence: another manager has the directory, or what is in it cannot be read. Then nothing stays open */
export function openStores({ config, environment, journal }: StoreParts, clock: Clock): Stores {
  const { dataDir } = config.state;
  const { lock, ledger, sealer } = openLedger(config.state, environment, journal);
  const closeLedger = (): void => {
    ledger.close();
    lock.release();
  };
  try {
    const logs = openLogStore({
      dir: join(dataDir, 'logs'),
      now: () => clock.nowMs(),
      segmentBytes: config.logs.segmentBytes,
      compress: config.logs.compress,
      reserveBytes: config.logs.reserveBytes,
      onTrouble: (sentence) => journal.warn(sentence),
    });
    const usage = new UsageStore(join(dataDir, 'usage'), journal);
    const tending: (() => void)[] = [];
    return {
      ledger,
      logs,
      usage,
      tend(engine) {
        retainUsage(engine, usage);
        retainLogs(engine, logs, keepRulesOf(config));
        tending.push(retainAudit(ledger.audit, config.audit, { clock, journal }));
        if (!config.state.autoSave) return;
        const stateFile = new StateFileWriter(config.state, sealer, engine, journal);
        tending.push(() => stateFile.close());
      },
      async close() {
        for (const leave of tending) leave();
        await logs.close();
        await usage.close();
        closeLedger();
      },
    };
  } catch (error) {
    closeLedger();
    throw error;
  }
}

const keepRulesOf = ({ logs }: ManagerConfig): KeepRules => ({
  runs: logs.retainRuns,
  bytesPerProcess: logs.retainBytesPerProcess,
  bytesPerWorker: logs.retainBytesPerWorker,
  ageMs: logs.retainAgeMs,
  removedAgeMs: logs.retainRemovedAgeMs,
});
