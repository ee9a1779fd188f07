import { addressText, findEngine } from './engine-address';

test.each([
  ['unix:///run/x.sock', '/run/x.sock'],
  ['tcp://127.0.0.1:2375', '127.0.0.1:2375'],
  ['tcp://[::1]:2375', '::1:2375'],
])('DOCKER_HOST=%s is %s', (DOCKER_HOST, at) => {
  const found = findEngine({ DOCKER_HOST });
  expect(found.kind === 'found' ? addressText(found.address) : found.why).toBe(at);
});

test.each(['ssh://me@there', 'unix://relative', 'tcp://nowhere', 'x'])('DOCKER_HOST=%s is refused', (DOCKER_HOST) => {
  const found = findEngine({ DOCKER_HOST });
  expect(found.kind === 'none' && found.why).toContain(`DOCKER_HOST is ${DOCKER_HOST}, which is neither`);
});
