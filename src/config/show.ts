/**
 * The configuration that holds, as YAML that could be used again, each key with where it came from. Values of
 * environment variables that look like secrets are hidden: this text ends up in tickets and screenshots.
 */
import yaml from 'js-yaml';
import { maskedEnv } from '../../protocol/secret-names';
import { LEAVES, keyText } from './key-table';
import type { LoadedConfig } from './load';
import { sourceText, type Source } from './source';
import type { KeyPath } from '../../protocol/yaml-source';

export function showConfig({ keys, sources }: Pick<LoadedConfig, 'keys' | 'sources'>): string {
  const masked = { ...keys, workers: keys.workers.map((worker) => ({ ...worker, env: maskedEnv(worker) })) };
  const lines: string[] = [];
  let open: KeyPath = [];
  for (const path of LEAVES) {
    const section = path.slice(0, -1);
    section.forEach((name, depth) => {
      if (open[depth] === name) return;
      if (depth === 0) lines.push('');
      lines.push(`${'  '.repeat(depth)}${name}:`);
    });
    if (section.length === 0) lines.push('');
    open = section;
    lines.push(...leafLines(path, masked, sources.get(keyText(path)) ?? { kind: 'default' }));
  }
  return `${lines.join('\n').trimStart()}\n`;
}

function leafLines(path: KeyPath, keys: unknown, source: Source): string[] {
  const value = path.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], keys);
  const [first = '', ...rest] = yaml
    .dump({ [String(path.at(-1))]: value }, { lineWidth: -1, noRefs: true })
    .trimEnd()
    .split('\n');
  const indent = '  '.repeat(path.length - 1);
  return [`${indent}${first}  # ${sourceText(source)}`, ...rest.map((line) => indent + line)];
}
