import { placesNaming } from './inside';

const ID = 'f00'.padEnd(64, '0');
const UNIFIED = 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n';

test('the cgroup that an engine made for it, also where the container made more below', () => {
  const placed = `0::/system.slice/docker-${ID}.scope/init.scope\n`;
  expect(placesNaming(ID, placed, UNIFIED)).toEqual([`/sys/fs/cgroup/system.slice/docker-${ID}.scope`]);
});

test('in the hierarchies of version 1, each by its own mount', () => {
  const mounts = 'cgroup /cg/cpu cgroup rw,cpu,cpuacct 0 0\ncgroup /cg/systemd cgroup rw,name=systemd 0 0\n';
  const placed = `4:cpu,cpuacct:/libpod_parent/libpod-${ID}\n9:name=systemd:/libpod_parent/libpod-${ID}\n3:pids:/\n`;
  expect(placesNaming(ID, placed, mounts)).toEqual([
    `/cg/cpu/libpod_parent/libpod-${ID}`,
    `/cg/systemd/libpod_parent/libpod-${ID}`,
  ]);
});

test('none, where it stands in its engine’s own', () => {
  expect(placesNaming(ID, '0::/user.slice/podman.service\n', UNIFIED)).toEqual([]);
});
