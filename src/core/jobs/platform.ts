/**
 * What a job wants of a worker by name: labels, and the two properties that every system names in its own way (seed 000:
 * `OSFamily: Linux`, `Arch: x86_64`; Bazel: `linux`, `ISA: x86-64`; containers: `amd64`). A label that an operator gave
 * counts before what the machine says of itself.
 */
import { globMatches, isGlob } from '../../../protocol/glob';
import type { Labels, MachineUsage } from '../../../protocol/link';

/** Null = it has what is wanted, else why not. */
export function labelMisfit(labels: Labels, machine: MachineUsage | null, name: string, wanted: string): string | null {
  const property = PROPERTIES[plain(name)];
  const value = labels[name] ?? (property === undefined ? undefined : propertyOf(labels, machine, property));
  if (value === undefined) return `it has no label ${name}`;
  const isSo = property === undefined ? globMatches(wanted, value) : globMatches(sameWord(wanted), sameWord(value));
  return isSo ? null : `its label ${name} is ${value}, not ${wanted}`;
}

type Property = 'os' | 'arch';

const PROPERTIES: Readonly<Record<string, Property>> = {
  os: 'os',
  osfamily: 'os',
  arch: 'arch',
  architecture: 'arch',
  cpuarch: 'arch',
  isa: 'arch',
};

/** By whatever name an operator wrote it, else by the machine's word. */
function propertyOf(labels: Labels, machine: MachineUsage | null, property: Property): string | undefined {
  const written = Object.keys(labels).find((label) => PROPERTIES[plain(label)] === property);
  return written === undefined ? machine?.[property] : labels[written];
}

const SAME: Readonly<Record<string, string>> = {
  'x86-64': 'x86_64',
  amd64: 'x86_64',
  x64: 'x86_64',
  aarch64: 'arm64',
  macos: 'darwin',
  osx: 'darwin',
};

function sameWord(word: string): string {
  const lower = word.toLowerCase();
  return isGlob(lower) ? lower : (SAME[lower] ?? lower);
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');
