/** `procguard manager`: flags, configuration, log; then one manager until it is told to end. */
import { Command } from 'commander';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig, type ConfigFlags } from './config/load';
import type { ManagerConfig } from './config/manager-config';
import { ConfigError } from './config/problem';
import { printSetupLink, sayWhoGetsIn } from './first-steps';
import { openLogging } from './logging';
import type { Journal } from './engine/ports';
import { startManager, type Manager } from './manager';
import { rotateSecretKey } from './open-ledger';
import { verifyAuditIn } from './verify-audit';
import { VERSION } from './version';
import { sentenceOf } from '../protocol/sentence-of';

const DEFAULT_CONFIG = 'configs/procguard_config.yaml';
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Flags extends ConfigFlags {
  config?: string;
  sslNoVerify?: boolean;
  setupLink?: boolean;
  rotateSecretKey?: boolean;
  verifyAudit?: boolean;
}

export async function runManager(argv: string[]): Promise<void> {
  const program = new Command('procguard manager')
    .description('Runs the manager: the HTTP API, the dashboard and the links to the launchers')
    .option('--config <file>', `configuration (default: ${DEFAULT_CONFIG} when it exists)`)
    .option('--host <address>', 'address to listen on (web.host)')
    .option('--port <number>', 'port to listen on, 0 = any free one (web.port)')
    .option('--data-dir <directory>', 'where everything durable lives (state.data_dir)')
    .option('--ssl', 'serve HTTPS; without the two files with certificates of its own (web.tls.enabled)')
    .option('--ssl-key <file>', "the server's private key, PEM (web.tls.key_file)")
    .option('--ssl-cert <file>', "the server's certificate and those above it, PEM (web.tls.cert_file)")
    .option('--ssl-no-verify', 'taken and without effect: launchers and the command line verify, a manager does not')
    .option('--log-level <level>', 'DEBUG, INFO, WARNING, ERROR or CRITICAL (logging.level)')
    .option('--setup-link', 'print a link, good once, that makes an admin or gives one a new password; starts nothing')
    .option('--rotate-secret-key', 'make a new key, seal everything secret with it, and end (docs/secrets.md)')
    .option(
      '--verify-audit',
      'check the audit in the data directory, with no manager; exit code 1 when it does not hold',
    )
    .version(VERSION)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE));
  program.parse(argv, { from: 'user' });
  const {
    config: file,
    rotateSecretKey: isRotation = false,
    sslNoVerify = false,
    setupLink = false,
    verifyAudit = false,
    ...flags
  } = program.opts<Flags>();
  const { config, warnings } = configOrExit(file ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null), flags);
  if (setupLink) return printSetupLinkOrExit(config);
  if (verifyAudit) return verifyAuditOrExit(config.state.dataDir);
  const logging = openLogging(config.logging);
  const logger = logging.root;
  for (const warning of warnings) logger.warning(warning);
  if (sslNoVerify)
    logger.warning(
      '--ssl-no-verify has no effect on a manager: give it to the launchers or the command line, for development only',
    );

  let manager: Manager;
  try {
    const log = logger.child('manager');
    const journal: Journal = {
      info: (text) => log.info(text),
      warn: (text) => log.warning(text),
      error: (text) => log.error(text),
    };
    if (isRotation) {
      rotateSecretKey(config.state, process.env, journal);
      return await logging.close();
    }
    manager = await startManager({
      config,
      environment: process.env,
      journal,
      webDir: join(__dirname, 'web'),
      docsDir: swaggerDir(),
      join: {
        launcher: join(__dirname, 'launcher.js'),
        containerRun: join(__dirname, 'container-run.js'),
        scriptsDir: join(__dirname, '..', 'scripts'),
      },
      onFatal: (error) => {
        // A manager that cannot write its ledger must not go on deciding: the next start goes on from the last turn.
        process.stderr.write(
          `procguard manager ends: its ledger cannot be written: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
        );
        process.exit(EXIT_FAILED);
      },
    });
  } catch (error) {
    logger.error(sentenceOf(error));
    await logging.close();
    process.exit(EXIT_FAILED);
  }
  const { host, alsoListen } = config.web;
  const also = alsoListen.length === 0 ? '' : ` (also at ${alsoListen.join(', ')})`;
  logger.info(`listening on ${host}${also}, data in ${resolve(config.state.dataDir)}`);
  const trustFile = join(config.state.dataDir, 'manager.trust');
  if (manager.localTrust === null) rmSync(trustFile, { force: true });
  else writeFileSync(trustFile, `${manager.localTrust.caFile}\n${manager.localTrust.serverName ?? ''}\n`);
  // For who starts managers: with port 0 nobody else could know. Last, because it says that there is a manager.
  writeFileSync(join(config.state.dataDir, 'manager.url'), `${manager.url}\n`);
  if (manager.caFingerprint !== null) process.stdout.write(`authority: ${manager.caFingerprint}\n`);
  process.stdout.write(`dashboard: ${manager.url}\n`);
  sayWhoGetsIn(config, manager, (sentence) => logger.warning(sentence));
  await ended(config.web.tls === null ? null : () => void manager.renewCertificates());
  sayWhatRuns(manager);
  await manager.stop();
  await logging.close();
  process.exit(0);
}

function printSetupLinkOrExit(config: ManagerConfig): void {
  try {
    printSetupLink(config);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(EXIT_FAILED);
  }
}

async function verifyAuditOrExit(dataDir: string): Promise<void> {
  try {
    const { isGood, lines } = await verifyAuditIn(dataDir, process.env);
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exitCode = isGood ? 0 : EXIT_FAILED;
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = EXIT_FAILED;
  }
}

function configOrExit(file: string | null, flags: ConfigFlags): ReturnType<typeof loadConfig> {
  try {
    return loadConfig({ file, flags, env: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USAGE);
  }
}

/** @param onHangUp on SIGHUP, unless a terminal was closed, which sends it too; null = SIGHUP is left to its default */
function ended(onHangUp: (() => void) | null): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    if (onHangUp !== null) process.on('SIGHUP', () => (process.stdout.isTTY ? resolve() : onHangUp()));
  });
}

function sayWhatRuns(manager: Manager): void {
  const running = manager.running();
  if (running.length === 0) return void process.stdout.write('manager stopped; nothing was running\n');
  const names = running.map(({ key, pid }) => (pid === null ? key : `${key} (pid ${pid})`));
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');
  process.stdout.write(
    `manager stopped; left running: ${shown}\nto stop the local ones too: ./start_manager.sh --stop --all\n`,
  );
}

/** Swagger UI's files, beside the bundle or in node_modules. */
function swaggerDir(): string {
  const bundled = join(__dirname, 'docs');
  return existsSync(bundled) ? bundled : join(__dirname, '..', 'node_modules', 'swagger-ui-dist');
}
