/**
 * The words of the ZeroMQ carrier. A launcher has two connections to the manager, DEALER to DEALER: control at the address
 * it was given, output at the port after it, so that bulk never stands in front of control. They hold what the socket link
 * and the HTTP roads hold (link.ts, link-events.ts); what is here is what Socket.IO and HTTP do by themselves: connections
 * with a beginning and an end, and questions with their answers.
 *
 * A message has three frames: word, tag, body. The body is JSON (empty = null), except that of `piece`, which is bytes.
 * The tag joins an answer to its question and is empty everywhere else. In the order in which they are said:
 *
 * | launcher -> manager | body | answered by |
 * |---|---|---|
 * | `register` | RegisterBody | `answer` ZmqAnswer, as HTTP would |
 * | `open` | LauncherIdentity | `opened`, or `refused` LinkRefusal; nothing else is heard before |
 * | `sync` | SyncMessage | `answer` SyncReply |
 * | `facts`, `beat` | as in link.ts | |
 * | `ping` | | `pong` |
 * | `bye` | | |
 * | `offer`, on the output connection | ZmqOffer | `go`: send it now; or `answer` ZmqAnswer: not wanted |
 * | `piece`, under the offer's tag | bytes | `answer` ZmqAnswer |
 *
 * manager -> launcher: the answers above, the words of ToLauncher, and `closed` ZmqClosed: this connection is over.
 *
 * A connection is one DEALER socket. It never reconnects below our feet: a lost one is thrown away with what was queued
 * in it, and the next begins with `open` and a sync, as everywhere.
 */
import { z } from 'zod';

export const ZMQ = {
  /** Output is at this much above the control port. */
  outputPortAbove: 1,
  /** A launcher pings this often, in ms; as often as Socket.IO does. */
  pingMs: 5_000,
  /** Nothing heard for this long, in ms, and the connection is given up, on either side: two pings lost. */
  silenceMs: 12_000,
  /** A launcher waits this long, in ms, for `opened`. */
  openMs: 10_000,
  /** Who calls is hung up on after this long, in ms, when it has not shown by then that it is somebody. */
  strangerMs: 30_000,
  /** Of those, so many at once from one address. */
  strangersMax: 256,
  /** One frame: the longest piece of output, and more than the longest sync of the socket link. */
  frameBytesMax: 8 * 1024 * 1024,
  /** Of somebody we know, without one whole message: more than may be on its way at once, and libzmq would hold it all. */
  unreadBytesMax: 32 * 1024 * 1024,
  /** Pieces of one worker offered and not yet answered, over all its connections; one more is refused. */
  offersMax: 8,
  /** Bytes of output that all launchers together are told to send at once. Bounds what the manager holds in memory. */
  creditBytes: 32 * 1024 * 1024,
  /** Of them one worker's at most: more than its launcher has on its way at once. */
  creditShareBytes: 16 * 1024 * 1024,
  /** An offer for which there was no room within this many ms is answered so: before its launcher gives up, which is after 30 s. */
  offerMs: 20_000,
  /** A granted piece that has not come within this many ms gives its credit back. */
  grantMs: 30_000,
} as const;

/** Of a message, where it is JSON; undefined = it is not. */
export function parseBody(body: { readonly length: number; toString(encoding: 'utf8'): string }): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** What HTTP would have answered. */
export const ZmqAnswer = z.object({ status: z.number().int(), body: z.unknown() });
export type ZmqAnswer = z.infer<typeof ZmqAnswer>;

export const ZmqOffer = z.object({
  /** The query of the HTTP road (OUTPUT_PATH). */
  query: z.string().max(4096),
  /** What the HTTP road brings in its headers: the token that the launcher was given, and its own key. */
  token: z.string().max(256).nullable().default(null),
  key: z.string().max(256).nullable().default(null),
  /** Of the piece that follows. */
  bytes: z.number().int().nonnegative().max(ZMQ.frameBytesMax),
});
export type ZmqOffer = z.infer<typeof ZmqOffer>;

export const ZmqClosed = z.object({ why: z.string() });
export type ZmqClosed = z.infer<typeof ZmqClosed>;

/** `zmq://host:5550`: the TCP endpoints of its two connections. Null = not such an address. */
export function zmqEndpoints(url: string): { readonly control: string; readonly output: string } | null {
  const match = /^zmq:\/\/([^/:\s]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})\/?$/.exec(url);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port + ZMQ.outputPortAbove > 65_535) return null;
  return { control: `tcp://${match[1]}:${port}`, output: `tcp://${match[1]}:${port + ZMQ.outputPortAbove}` };
}
