/** What every command gets: the manager, and how its answer is to look. */
import type { Command } from 'commander';
import { CaFingerprint } from '../../protocol/ca-fingerprint';
import { PUBLIC_TRUST, type TrustWanted } from '../../protocol/trust-wanted';
import { CliError, EXIT } from './exit';
import { savedLogin } from './saved-logins';
import { DEFAULT_URL, ManagerClient } from './manager-client';
import { ansi, plain, type Paint } from './print/paint';

export const FORMATS = ['table', 'json', 'jsonl', 'name'] as const;
export type Format = (typeof FORMATS)[number];

export interface Context {
  readonly client: ManagerClient;
  readonly format: Format;
  readonly paint: Paint;
  /** Columns of the terminal; null = stdout is none, so nothing is cut. */
  readonly width: number | null;
  /** Writes lines to stdout in one piece. */
  readonly print: (lines: readonly string[]) => void;
  /** Writes one line to stderr: what is not the answer itself. */
  readonly note: (line: string) => void;
}

interface GlobalFlags {
  readonly url: string;
  readonly output: Format;
  readonly color: boolean;
  readonly token?: string;
  readonly ca?: string;
  readonly caFingerprint?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly sslNoVerify?: boolean;
}

export const addGlobalFlags = (program: Command): Command =>
  program
    .option('--url <url>', 'address of the manager', process.env.PROCGUARD_URL ?? DEFAULT_URL)
    .option('-o, --output <format>', `how to print: ${FORMATS.join(', ')}`, asFormat, 'table' as Format)
    .option('--no-color', 'without colour (also: NO_COLOR)')
    .option(
      '--token <token>',
      'sent to the manager as Bearer token (also: PROCGUARD_TOKEN; else what `procguard login` keeps)',
    )
    .option('--ca <file>', 'PEM: trust a manager signed by one of these (also: PROCGUARD_CA)')
    .option('--ca-fingerprint <sha256:hex>', 'trust only the authority with it (also: PROCGUARD_CA_FINGERPRINT)')
    .option('--client-cert <file>', 'PEM: shown to a manager that asks (also: PROCGUARD_CLIENT_CERT)')
    .option('--client-key <file>', 'its key; default: in the same file (also: PROCGUARD_CLIENT_KEY)')
    .option('--ssl-no-verify', 'development only: trust whoever answers');

/** The action of a command: its own arguments and flags behind the context; it answers with its exit code. */
export const act =
  <Arguments extends unknown[]>(run: (context: Context, ...args: Arguments) => Promise<number>) =>
  async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    process.exitCode = await run(contextOf(command), ...(given.slice(0, -1) as Arguments));
  };

function contextOf(command: Command): Context {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const { url, output, color, token = process.env.PROCGUARD_TOKEN } = flags;
  const { stdout } = process;
  const isColoured = color && stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return {
    client: new ManagerClient(url, token ?? savedLogin(url), trustOf(flags)),
    format: output,
    paint: isColoured ? ansi : plain,
    width: stdout.isTTY ? stdout.columns : null,
    print: (lines) => void (lines.length > 0 && stdout.write(`${lines.join('\n')}\n`)),
    note: (line) => void process.stderr.write(`${line}\n`),
  };
}

function trustOf({ url, ca, caFingerprint, clientCert, clientKey, sslNoVerify = false }: GlobalFlags): TrustWanted {
  if (sslNoVerify) process.stderr.write('--ssl-no-verify: whoever answers is believed; for development only\n');
  // Variables are there for the one manager that speaks TLS, and mean nothing for another.
  const env = url.startsWith('https:') ? process.env : {};
  const fingerprint = caFingerprint ?? (ca === undefined ? env.PROCGUARD_CA_FINGERPRINT : undefined);
  return {
    ...PUBLIC_TRUST,
    caFile: ca ?? (env.PROCGUARD_CA || null),
    caFingerprint: fingerprint ? asFingerprint(fingerprint) : null,
    isVerified: !sslNoVerify,
    clientCertFile: clientCert ?? (env.PROCGUARD_CLIENT_CERT || null),
    clientKeyFile: clientKey ?? (env.PROCGUARD_CLIENT_KEY || null),
  };
}

function asFingerprint(text: string): CaFingerprint {
  const parsed = CaFingerprint.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new CliError(EXIT.usage, `${text} is no fingerprint of an authority; it is sha256: and 64 hexadecimal digits`);
}

function asFormat(text: string): Format {
  if ((FORMATS as readonly string[]).includes(text)) return text as Format;
  throw new CliError(EXIT.usage, `-o ${text} is no output format; known: ${FORMATS.join(', ')}`);
}

/** `90`, `90s`, `2m`: a duration in ms; a bare number is seconds. */
export function asDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (!match) throw new CliError(EXIT.usage, `${text} is no duration; say 500ms, 30s, 5m or 1h`);
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000;
  return Number(match[1]) * unit;
}

export function asCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError(EXIT.usage, `${text} is no number of lines`);
}

/** At least one. */
export const asCountOf =
  (what: string) =>
  (text: string): number => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new CliError(EXIT.usage, `${text} is no number of ${what}; say 1 or more`);
  };
