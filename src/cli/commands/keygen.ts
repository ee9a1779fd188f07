/** `procguard keygen`: keys for a manager's ZeroMQ link. Needs no manager. */
import type { Command } from 'commander';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { newCurveKeys } from '../../config/curve-keys';
import { CliError, EXIT } from '../exit';

export function addKeygen(program: Command): Command {
  return program
    .command('keygen [name]')
    .description("a new key pair for a manager's ZeroMQ link: <name>.public and <name>.secret")
    .action((name = 'procguard') => keygen(resolve(name)));
}

function keygen(base: string): void {
  const files = { public: `${base}.public`, secret: `${base}.secret` };
  const there = Object.values(files).find((file) => existsSync(file));
  if (there !== undefined)
    throw new CliError(
      EXIT.failed,
      `${there} is there already and may be in use; choose another name, or move it away`,
    );
  const { publicKey, secretKey } = newCurveKeys();
  mkdirSync(dirname(base), { recursive: true });
  writeFileSync(files.secret, `${secretKey}\n`, { mode: 0o600, flag: 'wx' });
  writeFileSync(files.public, `${publicKey}\n`, { flag: 'wx' });
  process.stdout.write(
    `${files.secret}  for the manager alone: communication.adapter_config.curve.secret_key_file\n` +
      `${files.public}  for the manager (public_key_file) and every launcher: --zmq-server-key '${publicKey}'\n`,
  );
}
