/**
 * The manager's log: winston behind Python's level names and format (seed 002, `logging.*`).
 *
 * One line goes to stderr, so that stdout stays a program's answer, and to the configured file, which is rotated by size.
 * A logger that cannot write its file says so once on stderr and goes on: a full disk must not stop the manager.
 */
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import winston from 'winston';
import { compileLogFormat, localTimeOf, type LogFormatter } from '../protocol/log-format';
import { LOG_LEVELS, type LogLevel } from '../protocol/log-level';
import { RotatingLogFile } from './rotating-log-file';

export interface LoggingOptions {
  readonly level: LogLevel;
  /** Beside stderr; null = stderr alone. Its directory is made. */
  readonly file: string | null;
  /** Python's format or `json`; already found good by the configuration. */
  readonly format: string;
  /** The file is set aside at this size... */
  readonly maxSizeBytes: number;
  /** ...and this many are kept beside the living one, newest first `<file>.1`. */
  readonly backups: number;
}

/** What is said beside the message. An `error` with a stack is shown as Python shows an exception. */
export type LogFields = Readonly<Record<string, unknown>> & { readonly error?: unknown };

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warning(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  critical(message: string, fields?: LogFields): void;
  /** A logger below this one: `procguard` -> `procguard.<part>`. */
  child(part: string): Logger;
}

export interface Logging {
  readonly root: Logger;
  /** Ends when everything logged so far is written. */
  close(): Promise<void>;
}

/** @param name of the root logger, `procguard` */
export function openLogging(options: LoggingOptions, name = 'procguard'): Logging {
  const compiled = compileLogFormat(options.format);
  if (!compiled.ok) throw new Error(`logging.format ${compiled.message}`);
  const stderr = new winston.transports.Stream({ stream: process.stderr });
  const { file: path, maxSizeBytes, backups } = options;
  const file = path === null ? [] : [new RotatingLogFile({ path, maxSizeBytes, backups })];
  const sink = winston.createLogger({
    levels: PRIORITIES,
    level: options.level,
    format: lineFormat(compiled.format),
    transports: [stderr, ...file],
    exitOnError: false,
  });
  return { root: loggerNamed(sink, name), close: () => closed(sink) };
}

/** winston's smaller is louder. */
const PRIORITIES: Record<LogLevel, number> = { CRITICAL: 0, ERROR: 1, WARNING: 2, INFO: 3, DEBUG: 4 };

function loggerNamed(sink: winston.Logger, name: string): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS[level] >= LOG_LEVELS[sink.level as LogLevel]) sink.write({ level, message, logger: name, fields });
    };
  return {
    debug: at('DEBUG'),
    info: at('INFO'),
    warning: at('WARNING'),
    error: at('ERROR'),
    critical: at('CRITICAL'),
    child: (part) => loggerNamed(sink, `${name}.${part}`),
  };
}

/** winston hands its info object on to each transport; `Symbol(message)` is the line they write. */
function lineFormat(format: LogFormatter): winston.Logform.Format {
  const startedAtMs = performance.timeOrigin;
  const filename = basename(process.argv[1] ?? 'node');
  return winston.format((info) => {
    const { error, ...fields } = info['fields'] as LogFields;
    const now = new Date();
    const line = format({
      name: info['logger'] as string,
      level: info.level as LogLevel,
      message: String(info.message),
      atMs: now.getTime(),
      local: localTimeOf(now),
      pid: process.pid,
      filename,
      fields,
      stack: error === undefined ? null : error instanceof Error ? (error.stack ?? error.message) : String(error),
      startedAtMs,
    });
    return { ...info, [Symbol.for('message')]: line };
  })();
}

/** Both transports write synchronously: when the logger has passed its last line on, it is written. */
async function closed(sink: winston.Logger): Promise<void> {
  const passedOn = new Promise<void>((resolve) => sink.once('finish', resolve));
  sink.end();
  await passedOn;
  sink.close();
}
