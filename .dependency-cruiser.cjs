/** The arrows of ARCHITECTURE.md: faces, links -> trust -> engine; faces -> engine -> core -> protocol; stores and links -> engine; no circle anywhere. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.tsx?$' },
  to: { path: '^(protocol|src|launcher|web)/', pathNot: allowed },
});
module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-import', severity: 'error', from: {}, to: { couldNotResolve: true, path: '^\\.' } },
    only('protocol-imports-nothing-of-ours', '^protocol/', '^protocol/'),
    // One leaf that manager and launcher share: a transport of winston that knows nothing of ours.
    only('rotating-log-file-is-a-leaf', '^src/rotating-log-file', '^$'),
    // Manager and launcher seal with the same words; what is sealed is nothing to it but a name and a value.
    only('sealing-is-a-leaf', '^src/trust/sealing/', '^(protocol|src/trust/sealing)/'),
    // How launcher and command line come to trust a manager's certificate.
    only('pinning-is-a-leaf', '^src/trust/pinning/', '^(protocol|src/trust/pinning)/'),
    only('core-imports-protocol', '^src/core/', '^(protocol|src/core)/'),
    only('engine-imports-core', '^src/engine/', '^(protocol|src/core|src/engine)/'),
    only('stores-implement-ports', '^src/stores/', '^(protocol|src/core|src/engine|src/stores)/'),
    only('trust-uses-the-engine', '^src/trust/', '^(protocol|src/core|src/engine|src/trust)/'),
    only('links-use-the-engine', '^src/links/', '^(protocol|src/core|src/engine|src/trust|src/links|src/event-stream)'),
    only('faces-use-the-engine', '^src/faces/', '^(protocol|src/core|src/engine|src/trust|src/faces|src/event-stream)'),
    only('cli-is-a-client', '^src/cli/', '^(protocol|src/cli|src/config|src/config\\.ts|src/trust/pinning)/?'),
    only('client-is-a-client', '^src/client/', '^(protocol|src/client|src/trust/pinning)/'),
    only('launcher-core-is-pure', '^launcher/core/', '^(protocol|launcher/core)/'),
    only(
      'launcher-knows-protocol',
      '^launcher/',
      '^(protocol|launcher|src/rotating-log-file|src/trust/(sealing|pinning)/)',
    ),
    only('web-knows-protocol', '^web/', '^(protocol|web)/'),
    {
      name: 'core-does-nothing',
      severity: 'error',
      from: { path: '^(src/core|launcher/core|protocol)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
