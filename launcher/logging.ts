/**
 * The launcher's own log: to the console for whoever started it, and to logs/worker-<id>.log for later. Never a child's
 * output, never an environment.
 */
import { join } from 'node:path';
import winston from 'winston';
import { RotatingLogFile } from '../src/rotating-log-file';
import { compileLogFormat, localTimeOf, type LogFormatter } from '../protocol/log-format';
import { logLevelOf } from '../protocol/log-level';

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;

/** The log is set aside at this size: `worker-x.log.1` is the newest of those that are kept. */
const FILE_BYTES_MAX = 5 * 1024 * 1024;
const BACKUPS = 2;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface OpenLog {
  readonly log: Log;
  readonly file: string;
  /** Writes out what is still on its way. */
  readonly closed: () => Promise<void>;
}

export function openLog(worker: string, level: LogLevel, directory = 'logs'): OpenLog {
  const file = join(directory, `worker-${worker}.log`);
  const toLine = formatter();
  const startedAtMs = Date.now();
  const line = winston.format.printf(({ level: word, message }) => {
    const now = new Date();
    return toLine({
      name: `procguard.worker.${worker}`,
      level: logLevelOf(word) ?? 'INFO',
      message: String(message),
      atMs: now.getTime(),
      local: localTimeOf(now),
      pid: process.pid,
      filename: 'launcher.js',
      fields: {},
      stack: null,
      startedAtMs,
    });
  });
  const logger = winston.createLogger({
    level,
    format: line,
    transports: [
      new winston.transports.Console(),
      new RotatingLogFile({ path: file, maxSizeBytes: FILE_BYTES_MAX, backups: BACKUPS }),
    ],
  });
  // A log that cannot be written (full disk) must not end the launcher.
  logger.on('error', () => {});
  return {
    log: (at, message) => void logger.log(at, message),
    file,
    closed: () =>
      new Promise((done) => {
        logger.on('finish', done);
        logger.end();
      }),
  };
}

/** The manager's own default, so that the two logs can be laid side by side. */
function formatter(): LogFormatter {
  const compiled = compileLogFormat('%(asctime)s - %(name)s - %(levelname)s - %(message)s');
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.format;
}
