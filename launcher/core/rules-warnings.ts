/** What of a list of allowed commands is no limit at all: programs that run whatever they are given. */
import { isGlob } from '../../protocol/glob';
import type { Rules } from './rules';
import { baseName, pathMatches } from './rules-paths';

const RUNS_ANYTHING =
  /^(?:(?:[bdk]?a|[dtc]|tc|fi|z|k|mk)?sh|rbash|busybox|toybox|env|xargs|parallel|find|[gmn]?awk|sed|perl|python|pypy|ruby|irb|node|nodejs|deno|bun|bunx|npm|npx|yarn|pnpm|php|lua|luajit|tclsh|expect|java|jshell|Rscript|R|julia|ghci|erl|elixir|make|gmake|cmake|ninja|ssh|sudo|su|doas|pkexec|setpriv|runuser|nice|ionice|chrt|taskset|nohup|timeout|time|setsid|stdbuf|unshare|nsenter|chroot|script|tmux|screen|watch|flock|strace|ltrace|gdb|systemd-run|docker|podman|kubectl|crictl|ctr|git|tar|rsync|vi|vim|nvim|emacs|ed|less|man|torchrun|accelerate|uv|uvx|poetry|pip|pipx|conda|mamba|mpirun|mpiexec|srun|deepspeed)[-.\d]*$/;

/** Where such programs usually are: a glob that reaches them lists them. */
const USUAL = ['/bin/sh', '/usr/bin/sh', '/usr/bin/env', '/usr/bin/python3', '/usr/local/bin/python3'];

/** A sentence each; empty = the list limits what it says. */
export function warningsOf({ commands, file }: Rules): readonly string[] {
  const open = commands.filter((entry) =>
    isGlob(entry) ? USUAL.some((path) => pathMatches(entry, path)) : RUNS_ANYTHING.test(baseName(entry)),
  );
  if (open.length === 0) return [];
  return [
    `security.allowed_commands in ${file} has ${open.join(', ')}: what runs whatever it is given. With that the list ` +
      'allows everything; list programs or scripts of your own instead (docs/command-rules.md)',
  ];
}
