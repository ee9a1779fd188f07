import { engineOf } from './engine-header';

test.each([
  ['Libpod/4.3.1 (linux)', { kind: 'podman', version: '4.3.1' }],
  ['Docker/27.3.1 (linux)', { kind: 'docker', version: '27.3.1' }],
  ['Docker/20.10.5+dfsg1 (linux)', { kind: 'docker', version: '20.10.5+dfsg1' }],
  ['nginx/1.22.1', null],
  ['', null],
])('%s', (header, engine) => {
  expect(engineOf(header)).toEqual(engine);
});
