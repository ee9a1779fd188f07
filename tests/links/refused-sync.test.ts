/** A manager that lets a launcher in and ends each line when it says how it stands: it is not called without pause. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { LINK_NAMESPACE } from '../../protocol/link';
import { startLauncher } from '../harness/launcher';
import { until } from '../harness/until';
import { useWorld } from '../harness/world';

const world = useWorld();
const DEADLINE_MS = 60_000;

/** @param cut ends the line of a launcher that has said how it stands */
async function refusingManager(
  cut: (line: { disconnect: (close: boolean) => unknown; conn: { close: () => unknown } }) => void,
) {
  const http = createServer((_request, response) => {
    const reply = { success: true, worker_id: 'w1', heartbeat_interval: 1, heartbeat_timeout: 10 };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
  });
  const io = new Server(http);
  world.afterwards(async () => io.close());
  const syncsAtMs: number[] = [];
  io.of(LINK_NAMESPACE).on('connection', (line) =>
    line.on('sync', () => {
      syncsAtMs.push(performance.now());
      cut(line);
    }),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, syncsAtMs };
}

test.each([
  ['in so many words', (line) => line.disconnect(true)],
  ['by cutting it', (line) => line.conn.close()],
] satisfies [string, Parameters<typeof refusingManager>[0]][])(
  'a line that is ended at each sync, %s, is made anew later and later',
  async (_how, cut) => {
    const { url, syncsAtMs } = await refusingManager(cut);
    startLauncher(world, { managerUrl: url });
    const atMs = await until('it to have come back five times', DEADLINE_MS, () => syncsAtMs.length >= 6 && syncsAtMs);
    // Of 200 ms, and twice as much each time, at least the half; and what the machine takes off the first.
    expect((atMs[5] ?? 0) - (atMs[0] ?? 0)).toBeGreaterThan(2_000);
  },
  120_000,
);
