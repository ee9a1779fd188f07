/** A configuration file of its own for each test, named in messages as `<FILE>`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../src/config/environment';
import { loadConfig, type ConfigFlags, type LoadedConfig } from '../../src/config/load';
import { ConfigError } from '../../src/config/problem';

const home = mkdtempSync(join(tmpdir(), 'procguard-config-'));
const file = join(home, 'x.yaml');
afterAll(() => rmSync(home, { recursive: true }));

export interface Given {
  readonly env?: Environment;
  readonly flags?: ConfigFlags;
}

export function fileWith(yaml: string): string {
  writeFileSync(file, yaml);
  return file;
}

export const load = (yaml: string, given: Given = {}): LoadedConfig => loadConfig({ file: fileWith(yaml), ...given });

/** Every sentence with which this text is refused; none = accepted. */
export function refusals(yaml: string, given: Given = {}): string[] {
  return refusal(yaml, given)?.problems.map(({ message }) => message.replaceAll(file, 'FILE')) ?? [];
}

export function refusal(yaml: string, given: Given = {}): ConfigError | null {
  try {
    load(yaml, given);
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
