/**
 * The configuration that holds, each key with where it came from: as YAML that could be used again, or as JSON. Values of
 * environment variables that look like secrets are hidden: this text ends up in tickets and screenshots.
 */
import yaml from 'js-yaml';
import { maskedEnv } from '../../protocol/secret-names';
import { LEAVES, keyText, valueAt } from './key-table';
import type { LoadedConfig } from './load';
import { sourceText, type Source } from './source';
import type { KeyPath } from '../../protocol/yaml-source';

type Shown = Pick<LoadedConfig, 'keys' | 'sources'>;

export function showConfig({ keys, sources }: Shown): string {
  const masked = withoutSecrets(keys);
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
    lines.push(...leafLines(path, valueAt(path, masked), sources.get(keyText(path)) ?? DEFAULT));
  }
  return `${lines.join('\n').trimStart()}\n`;
}

/** `{"web.port": {"value": 5000, "source": "default"}, ...}` */
export function showConfigAsJson({ keys, sources }: Shown): string {
  const masked = withoutSecrets(keys);
  const shown = LEAVES.map((path) => {
    const key = keyText(path);
    return [key, { value: valueAt(path, masked), source: sourceText(sources.get(key) ?? DEFAULT) }];
  });
  return `${JSON.stringify(Object.fromEntries(shown), undefined, 2)}\n`;
}

const DEFAULT: Source = { kind: 'default' };
const withoutSecrets = (keys: Shown['keys']) => ({
  ...keys,
  workers: keys.workers.map((worker) => ({ ...worker, env: maskedEnv(worker) })),
});

function leafLines(path: KeyPath, value: unknown, source: Source): string[] {
  const [first = '', ...rest] = yaml
    .dump({ [String(path.at(-1))]: value }, { lineWidth: -1, noRefs: true })
    .trimEnd()
    .split('\n');
  const indent = '  '.repeat(path.length - 1);
  return [`${indent}${first}  # ${sourceText(source)}`, ...rest.map((line) => indent + line)];
}
