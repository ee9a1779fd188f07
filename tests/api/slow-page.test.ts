/** A page that takes nothing of what it is told costs the manager a bounded amount, and can catch up. */
import type { LogData } from '../../protocol/live';
import { LIMITS } from '../../protocol/limits';
import { RUN } from '../harness/launcher-words';
import { until } from '../harness/until';
import { JobsHere } from './jobs-here';

let here: JobsHere;
beforeEach(async () => (here = await JobsHere.open()));
afterEach(() => here.close());

/** By long polling, where a page takes what waits for it when it asks, and only then. */
class PollingPage {
  readonly told: string[] = [];
  private constructor(private readonly url: string) {}

  static async open(manager: string): Promise<PollingPage> {
    const url = `${manager}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
    const page = new PollingPage(`${url}&sid=${sid}`);
    await page.post('40');
    await page.take();
    return page;
  }

  /** Behind the packets stands the answer to a ping: this page lives. */
  async post(...packets: string[]): Promise<number> {
    const { status } = await fetch(this.url, { method: 'POST', body: [...packets, '3'].join('\x1e') });
    return status;
  }
  say(...words: unknown[]): Promise<number> {
    return this.post(`420${JSON.stringify(words)}`);
  }

  /** What waits, as packets; long polling may part a message from its bytes. */
  async take(): Promise<void> {
    this.told.push(...(await (await fetch(this.url)).text()).split('\x1e'));
  }
  get pieces(): { offset: number; length: number }[] {
    return this.told.flatMap((packet, at) => {
      const bytes = this.told[at + 1];
      if (!packet.startsWith('451-') || bytes === undefined) return [];
      const [, { offset }] = JSON.parse(packet.slice('451-'.length)) as [string, LogData];
      return [{ offset, length: Buffer.from(bytes.slice('b'.length), 'base64').length }];
    });
  }
}

test('pieces of a live tail are left out, and it is told where the output is now', async () => {
  const page = await PollingPage.open(here.manager.url);
  await page.say('log.follow', { worker_id: 'w1', process: 'w1' });
  const piece = 'x'.repeat(64 * 1024 - 1) + '\n';
  const total = 256 * piece.length;
  for (let offset = 0; offset < total; offset += piece.length) {
    await here.launcher.ship(RUN, offset, piece);
    await page.post();
  }
  const endsAt = (end: number) => async (): Promise<boolean> => {
    await page.take();
    return page.pieces.some(({ offset, length }) => offset + length === end);
  };
  await until('the end of the output', 30_000, endsAt(total));
  const bytes = page.pieces.reduce((sum, { length }) => sum + length, 0);
  // One goes over the bound, and one was being gathered when the page began to take.
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(3 * LIMITS.liveBacklogBytesMax);
  await here.launcher.ship(RUN, total, 'news\n');
  await until('the news', 30_000, endsAt(total + 5));
  expect(page.pieces.at(-1)).toEqual({ offset: total, length: 5 });
});

test('whoever has more waiting than may be is cut off, and may come again', async () => {
  const page = await PollingPage.open(here.manager.url);
  const echoed = { job_ids: Array.from({ length: 1000 }, (_, at) => `${at}`.padEnd(1000)) };
  const answers = Math.ceil(LIMITS.liveWaitingBytesMax / JSON.stringify(echoed).length) + 2;
  expect(await page.say('jobs.look', echoed)).toBe(200);
  // That which goes over the bound is cut itself.
  for (let at = 0; at < answers; at++) await page.say('jobs.look', echoed).catch(() => null);
  expect(await page.post()).toBe(400);
  const again = await PollingPage.open(here.manager.url);
  await again.say('watch');
  await until('a snapshot', 30_000, async () => {
    await again.take();
    return again.told.some((packet) => packet.includes('"workers"'));
  });
});
