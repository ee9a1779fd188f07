import type { MachineUsage } from '../../../protocol/link';
import { labelMisfit } from './platform';

const machine = { os: 'Linux', arch: 'x86_64' } as MachineUsage;

test.each([
  ['OSFamily', 'Linux'],
  ['OSFamily', 'linux'],
  ['os', 'lin*'],
  ['Arch', 'x86_64'],
  ['ISA', 'x86-64'],
  ['cpu_arch', 'amd64'],
])('a machine has %s = %s by its own word', (name, wanted) => {
  expect(labelMisfit({}, machine, name, wanted)).toBeNull();
});

test('what an operator wrote counts before it, under whichever name', () => {
  const labels = { OSFamily: 'Windows', arch: 'aarch64' };
  expect(labelMisfit(labels, machine, 'os', 'linux')).toBe('its label os is Windows, not linux');
  expect(labelMisfit(labels, machine, 'Arch', 'arm64')).toBeNull();
});

test('all other labels are taken by the letter, with globs', () => {
  const labels = { gpu_type: 'a100-80g', team: 'NLP' };
  expect(labelMisfit(labels, machine, 'gpu_type', 'a100*')).toBeNull();
  expect(labelMisfit(labels, machine, 'team', 'nlp')).toBe('its label team is NLP, not nlp');
  expect(labelMisfit(labels, machine, 'zone', '*')).toBe('it has no label zone');
});

test('a machine that has said nothing yet has none of them', () => {
  expect(labelMisfit({}, null, 'OSFamily', 'Linux')).toBe('it has no label OSFamily');
});
