/**
 * P4. Output from the child's write to the manager's store, every byte of it, verified by hash. The reference is a plain
 * HTTP upload of the same bytes from one Node program to a file of another; it has no child to wait for, no offsets and
 * no other duty. PM2 captures to a file of its own machine and sends nothing anywhere.
 */
import { createReadStream, rmSync, statSync, statfsSync } from 'node:fs';
import { bundledProgram } from './bundled-program';
import { untilSeen } from './deadline';
import type { Measure } from './measure';
import { monotonicMs } from './monotonic';
import { Absent } from './peers/install';
import { Pm2 } from './peers/pm2';
import { warmPageCache } from './page-cache';
import { Launcher, Manager } from './procguard';
import type { Comparison } from './report';
import type { Rig } from './rig';
import { median } from './statistics';
import { payloadHash, sha256Of, Writer, writePayload, type Payload } from './writer';

const MB = 1e6;
const FULL_BYTES = 1000 * MB;
const QUICK_BYTES = 300 * MB;
/** PM2 takes a sixth of our pace: a smaller piece of the same. */
const PM2_BYTES = 150 * MB;
/** The payload, what the launcher holds of every round, the store's and the upload's copy. */
const COPIES_MAX = 8;
const LOOK_MS = 10;
/** A file that has not grown for this long is as long as it will be. */
const GROWN_MS = 2_000;

/** Bytes per second of one round. */
type Round = () => Promise<number>;

export const logPath: Measure = {
  name: 'log-path',
  title: "output, from the child's write to the store",
  async run(rig) {
    const notes: string[] = [];
    const room = statfsSync(rig.scratch);
    const bytes = Math.min(rig.rounds(FULL_BYTES, QUICK_BYTES), (room.bavail * room.bsize) / (2 * COPIES_MAX));
    const payload = writePayload(rig, 'payload', bytes);
    const hash = await payloadHash(payload);
    notes.push(`${Math.round(payload.bytes / MB)} MB per round, compared by SHA-256 after each of ours: none lost`);

    const ours = await procguard(rig, payload, hash);
    const upload = await uploading(rig, payload);
    const pm2 = await capturing(rig, notes);
    const rates = { ours: [] as number[], upload: [] as number[], pm2: [] as number[] };
    await upload();
    for (let round = 0; round < rig.rounds(5, 3); round++) {
      warmPageCache(rig, 2 * payload.bytes);
      rates.ours.push(await ours());
      warmPageCache(rig, 2 * payload.bytes);
      rates.upload.push(await upload());
      if (pm2 === null) continue;
      warmPageCache(rig, 2 * PM2_BYTES);
      rates.pm2.push(await pm2());
    }

    for (const [way, of] of Object.entries(rates))
      notes.push(`${way}: ${of.map((rate) => Math.round(rate / MB)).join(', ')} MB/s`);
    const stored = { name: 'ProcGuard', value: median(rates.ours) / MB };
    const against = (name: string, value: number, bound: Comparison['bound']): Comparison => ({
      target: 'P4',
      what: 'child -> store',
      unit: 'MB/s',
      ours: stored,
      reference: { name, value },
      bound,
    });
    const comparisons = [
      against('HTTP upload to a file', median(rates.upload) / MB, { kind: 'at least', ratio: 0.5 }),
      against('the wanted least', 300, { kind: 'at least', ratio: 1 }),
    ];
    if (rates.pm2.length > 0)
      comparisons.push(against("PM2's capture to a local file", median(rates.pm2) / MB, { kind: 'above', ratio: 1 }));
    return { comparisons, notes };
  },
};

async function procguard(rig: Rig, payload: Payload, hash: string): Promise<Round> {
  const manager = await Manager.start(rig);
  const writer = new Writer(rig, 'procguard', payload, 'buffered');
  await Launcher.start(rig, manager, 'bench', [{ name: 'bench', command: [...writer.command] }]);
  return async () => {
    const run = await manager.startRun('bench', 'bench');
    const startedMs = monotonicMs();
    writer.begin();
    await manager.untilStored('bench', 'bench', run, payload.bytes);
    const tookMs = monotonicMs() - startedMs;
    const stored = await sha256Of(await manager.stream(`/api/logs/bench/bench/${run}`));
    if (stored !== hash) throw new Error(`the manager stored other bytes than the child wrote (run ${run})`);
    await manager.clearLogs('bench');
    return (payload.bytes / tookMs) * 1000;
  };
}

async function uploading(rig: Rig, payload: Payload): Promise<Round> {
  const path = rig.path('uploaded');
  const sink = rig.start([process.execPath, bundledProgram(rig, 'upload-sink'), path]);
  const [, port = ''] = await sink.line(/^port (\d+)$/);
  const source = rig.start([process.execPath, bundledProgram(rig, 'upload-source'), port, payload.path]);
  await source.line(/^ready$/);
  return async () => {
    const answer = source.line(/^took (.*)$/);
    source.say('');
    const [, tookMs] = await answer;
    if (statSync(path).size !== payload.bytes) throw new Error('the upload arrived short');
    rmSync(path);
    return (payload.bytes / Number(tookMs)) * 1000;
  };
}

/** Null = PM2 is not here; the notes say why. */
async function capturing(rig: Rig, notes: string[]): Promise<Round | null> {
  const pm2 = await Pm2.start(rig);
  if (pm2 instanceof Absent) {
    notes.push(pm2.why);
    return null;
  }
  const payload = writePayload(rig, 'pm2-payload', PM2_BYTES);
  const hash = await payloadHash(payload);
  const path = rig.path('pm2-out.log');
  let incomplete = 0;
  notes.push(`PM2 with ${Math.round(payload.bytes / MB)} MB per round`);
  return async () => {
    const writer = new Writer(rig, `pm2-${incomplete}-${monotonicMs()}`, payload, 'buffered');
    const [script, ...args] = writer.command;
    const error_file = '/dev/null';
    await pm2.start({
      name: 'bench',
      script,
      args,
      interpreter: 'none',
      autorestart: false,
      out_file: path,
      error_file,
    });
    const startedMs = monotonicMs();
    writer.begin();
    const { bytes, atMs } = await grown(path, payload.bytes);
    if (bytes !== payload.bytes || (await sha256Of(createReadStream(path))) !== hash)
      notes.push(`PM2's round ${++incomplete} lost ${payload.bytes - bytes} bytes`);
    await pm2.delete('bench');
    rmSync(path);
    return (bytes / (atMs - startedMs)) * 1000;
  };
}

/** How long a file becomes, and when it became so. */
async function grown(path: string, wantedBytes: number): Promise<{ bytes: number; atMs: number }> {
  let last = { bytes: 0, atMs: monotonicMs() };
  return untilSeen(
    `${path} to be written`,
    () => {
      const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes > last.bytes) last = { bytes, atMs: monotonicMs() };
      return bytes >= wantedBytes || monotonicMs() - last.atMs > GROWN_MS ? last : null;
    },
    { everyMs: LOOK_MS },
  );
}
