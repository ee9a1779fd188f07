/** `procguard completion`: a script for the shell. Names come from the manager while one types. */
import { Argument, type Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const addCompletion = (program: Command): Command =>
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .description('print a completion script; bash: source <(procguard completion bash)')
    .action((shell: (typeof SHELLS)[number]) => void process.stdout.write(scriptOf(shell, program)));

/** Commands that take processes; `run` takes a command, whose files are completed. */
const TAKES_NAMES = [
  'ls',
  'status',
  'start',
  'stop',
  'restart',
  'kill',
  'disable',
  'enable',
  'rollback',
  'versions',
  'graph',
];
const NAMES = 'procguard ls -o name 2>/dev/null';
/** Commands that take jobs. */
const TAKES_JOBS = ['job', 'wait', 'cancel', 'retry', 'priority', 'release'];
const JOBS = 'procguard jobs -o name 2>/dev/null';
/** Commands that take either. */
const TAKES_BOTH = ['explain', 'logs'];
const BOTH = `${NAMES}; ${JOBS}`;

function scriptOf(shell: (typeof SHELLS)[number], program: Command): string {
  const commands = program.commands.map((command) => command.name());
  switch (shell) {
    case 'bash':
      return `_procguard() {
  local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.join(' ')}" -- "$word"))
  else
    case $command in
    ${TAKES_NAMES.join(' | ')}) COMPREPLY=($(compgen -W "$(${NAMES})" -- "$word")) ;;
    ${TAKES_JOBS.join(' | ')}) COMPREPLY=($(compgen -W "$(${JOBS})" -- "$word")) ;;
    ${TAKES_BOTH.join(' | ')}) COMPREPLY=($(compgen -W "$(${BOTH})" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
  fi
}
complete -F _procguard procguard
`;
    case 'zsh':
      return `#compdef procguard
_procguard() {
  if (( CURRENT == 2 )); then
    compadd ${commands.join(' ')}
  else
    case $words[2] in
    ${TAKES_NAMES.join('|')}) compadd -- \${(f)"$(${NAMES})"} ;;
    ${TAKES_JOBS.join('|')}) compadd -- \${(f)"$(${JOBS})"} ;;
    ${TAKES_BOTH.join('|')}) compadd -- \${(f)"$(${BOTH})"} ;;
    *) _files ;;
    esac
  fi
}
compdef _procguard procguard
`;
    case 'fish':
      return `complete -c procguard -f -n __fish_use_subcommand -a '${commands.join(' ')}'
complete -c procguard -f -n '__fish_seen_subcommand_from ${TAKES_NAMES.join(' ')}' -a '(${NAMES})'
complete -c procguard -f -n '__fish_seen_subcommand_from ${TAKES_JOBS.join(' ')}' -a '(${JOBS})'
complete -c procguard -f -n '__fish_seen_subcommand_from ${TAKES_BOTH.join(' ')}' -a '(${BOTH})'
`;
  }
}
