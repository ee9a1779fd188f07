/** The flags of `procguard submit`, by what they are for. What they become is in submit-body.ts. */
import { Option, type Command } from 'commander';
import { collectPairs } from '../pair-words';
import { CATCH_UPS, OVERLAPS } from '../../../protocol/schedules';
import { asCodes, asNumber, collectWords } from './job-numbers';

const TARGETS = ['auto', 'worker', 'local'] as const;

export const addSubmitFlags = (command: Command): Command =>
  [whatFlags, whereFlags, whenFlags, failureFlags, manyFlags, calendarFlags].reduce(
    (flagged, add) => add(flagged),
    command,
  );

const whatFlags = (command: Command): Command =>
  command
    .option('--name <name>', 'for people; default: the first word of the command')
    .option('-e, --env <K=V>', 'a variable of its environment; may be repeated', collectPairs('--env'), {})
    .option('--dir <directory>', "on the worker's machine, absolute; default: the launcher's own")
    .option('--shell', 'the words are one line for the shell, as one word alone is')
    .option('--user <name>', 'whose account it runs under')
    .option('--image <image>', 'in a container of it, on workers that have an engine')
    .option('--tag <k=v>', "the job's own labels, for lists and limits; separated by commas", collectWords, [])
    .option('--progress <regex>', 'over its output: the first group is the percentage, the second a message');

const whereFlags = (command: Command): Command =>
  command
    .option('--gpus <count>', 'devices on one worker', asNumber('--gpus'))
    .option('--gpu-type <glob>', 'anywhere in the name of the device: a100*')
    .option('--gpu-memory <size>', 'on each device (20GB): with it a device is shared; default: the whole device')
    .option('--cpus <cores>', 'default: not counted', asNumber('--cpus'))
    .option('--memory <size>', 'default: not counted')
    .option('--label <k=v>', 'labels that the worker must have, values may be globs', collectWords, [])
    .option('--worker <id>', 'there and nowhere else')
    .addOption(new Option('--target <where>', 'local is the manager’s own machine').choices(TARGETS))
    .option('--nodes <count>', 'so many workers at once, all or none', asNumber('--nodes'));

const whenFlags = (command: Command): Command =>
  command
    .option(
      '--priority <number>',
      '1 is first, 10 is last; default 5; -10 to 20 and fractions are taken',
      asNumber('--priority'),
    )
    .option('--queue <name>', 'which queue; default: default')
    .option('--after <job,...>', 'not before these are completed', collectWords, [])
    .option('--after-any', 'not before these are over, however they ended')
    .option('--not-before <time>', 'how long from now (90s, 2h, 1d), or a date')
    .option('--hold', 'not before somebody says `procguard release`')
    .option('--no-preempt', 'never stopped to make room for a far more urgent one');

const failureFlags = (command: Command): Command =>
  command
    .option('--retries <count>', 'after the first try', asNumber('--retries'))
    .option('--retry-delay <duration>', 'between tries; default 60s')
    .option(
      '--no-retry-on <codes>',
      'exit codes after which trying again is of no use: 2,137 (128 + n: signal n, not of a stop or timeout)',
      asCodes,
      [],
    )
    .option('--timeout <duration>', 'of one try')
    .option('--queue-timeout <duration>', 'until it begins')
    .option('--silence-timeout <duration>', 'without a byte of output')
    .option('--grace <duration>', 'between the stop signal and SIGKILL; default 30s');

const manyFlags = (command: Command): Command =>
  command
    .option('--array <indices>', '1-100%8: one job for each, 8 at once; $PROCGUARD_ARRAY_INDEX tells which')
    .option(
      '--sweep <k=v,...>',
      'one job for each combination; {k} in the command is its value',
      collectPairs('--sweep'),
      {},
    )
    .option('--id <id>', 'of the job or the array; default: one is made');

const calendarFlags = (command: Command): Command =>
  command
    .option('--schedule <name>', 'no job now, but one at the times of --cron, under this name')
    .option('--cron <expression>', "'0 3 * * *', six fields with seconds before them, @hourly, @daily...")
    .option('--time-zone <name>', 'of --cron, such as Europe/Berlin; default UTC')
    .addOption(
      new Option(
        '--overlap <what>',
        'while a job of it is not over: submit none, one beside it, or stop it first; default skip',
      ).choices(OVERLAPS),
    )
    .addOption(
      new Option(
        '--catch-up <what>',
        'of times that went by while the manager was away: none, or the newest once; default once',
      ).choices(CATCH_UPS),
    )
    .option('--starts-at <date>', 'nothing before: 2026-01-31T12:00:00Z')
    .option('--ends-at <date>', 'nothing after')
    .option('--paused', 'nothing until `procguard schedule resume`')
    .option('--replace', 'where there is one of this name, it becomes as said here');
