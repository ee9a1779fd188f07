/**
 * The script that turns a machine into a worker: the parts of scripts/join, and before them what this manager says of
 * itself. POSIX sh, for it comes before anything of ours is there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In this order, below scripts/. The last one begins the work. */
const PARTS = ['daemon.sh', 'join/node.sh', 'join/unit.sh', 'join/launch.sh', 'join/main.sh'];

export interface Announced {
  readonly manager: string;
  readonly version: string;
  readonly launcherSha256: string;
  /** Of the program that keeps a container. */
  readonly containerRunSha256: string;
}

/** @param scriptsDir of this checkout */
export const readJoinParts = (scriptsDir: string): string =>
  PARTS.map((part) => readFileSync(join(scriptsDir, part), 'utf8')).join('\n');

export const joinScript = (parts: string, announced: Announced): string => `#!/bin/sh
# Makes this machine a worker of the ProcGuard manager at the address below. What it does: sh -s -- --help
set -eu
MANAGER=${quoted(announced.manager)}
VERSION=${quoted(announced.version)}
BUNDLE_SHA256=${quoted(announced.launcherSha256)}
CONTAINER_RUN_SHA256=${quoted(announced.containerRunSha256)}

${parts}`;

/** One word of a shell, whatever is in it. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
