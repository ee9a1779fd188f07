/** An engine in the test's own program, on a ledger that it is given, with nobody's logs and usage beside it. */
import { SETTINGS } from '../../src/core/test-fleet';
import { monotonicClock } from '../../src/engine/clock';
import { Engine } from '../../src/engine/engine';
import type { openSqliteLedger } from '../../src/stores/ledger/sqlite-ledger';

export const bareEngine = (ledger: ReturnType<typeof openSqliteLedger>, clock = monotonicClock()): Engine =>
  new Engine({
    settings: SETTINGS,
    clock,
    ledger,
    logs: { runs: () => [] },
    usage: { note: () => undefined },
    onFatal: (error) => {
      throw error;
    },
  });
