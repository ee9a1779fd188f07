import { mountOf, ownPathOf } from './cgroup-mount';

test('the version 2 mount is found alone, beside version 1, and under an odd name', () => {
  expect(mountOf('cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n')).toBe('/sys/fs/cgroup');
  expect(mountOf('cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n')).toBe(
    '/sys/fs/cgroup/unified',
  );
  expect(mountOf('x /a\\040b cgroup2 rw 0 0\n')).toBe('/a b');
  expect(mountOf('cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n')).toBeNull();
});

test('our own place is the 0:: line, unless it lies outside of what we see', () => {
  expect(ownPathOf('9:name=systemd:/\n0::/user.slice/x.scope\n')).toBe('/user.slice/x.scope');
  expect(ownPathOf('0::/../..\n')).toBeNull();
  expect(ownPathOf('3:cpu:/\n')).toBeNull();
});
