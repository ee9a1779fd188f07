/** `procguard config`: a configuration file before it is used. Needs no manager. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import type { Outcome } from '../../config/commands';
import type { ConfigFlags } from '../../config/load';
import type { Format } from '../context';

const DEFAULT_FILE = 'configs/procguard_config.yaml';

export function addConfig(program: Command): Command {
  const config = program.command('config').description('check and show configuration files');
  config
    .command('check <file>')
    .description('say everything that is wrong with it')
    .action(async (file: string) => tell((await commands()).checkConfig(input(file))));
  config
    .command('show [file]')
    .description('every key as it holds, and where it comes from; YAML, or JSON with -o json')
    .action(async (file: string | undefined, _: object, command: Command) => {
      const { output } = command.optsWithGlobals<{ output: Format }>();
      tell((await commands()).showEffectiveConfig(input(file), output === 'json' ? 'json' : 'yaml'));
    });
  config
    .command('workers <file>')
    .description('the processes it defines, as JSON')
    .action(async (file: string) => tell((await commands()).listLocalProcesses(input(file), process.cwd())));
  config
    .command('get <key...>')
    .description('values, one line each, for scripts')
    .option('--config <file>', 'the configuration file')
    .option('--host <address>', 'as given to the manager, and so on')
    .option('--port <number>')
    .option('--data-dir <directory>')
    .option('--log-level <level>')
    .option('--ssl')
    .option('--ssl-key <file>')
    .option('--ssl-cert <file>')
    .action(async (keys: string[], { config: file, ...flags }: ConfigFlags & { config?: string }) =>
      tell((await commands()).getConfig({ ...input(file), flags }, keys)),
    );
  return config;
}

/** Loaded when asked for: the YAML reader and the schemas are most of the program. */
const commands = () => import('../../config/commands');

const input = (file: string | undefined) => ({
  file: file ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null),
  env: process.env,
});

function tell({ exitCode, stdout, stderr }: Outcome): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
}
