/** Pure tests stand beside their files; behaviour tests (real processes, sockets, databases) in tests/. */
module.exports = {
  testMatch: ['<rootDir>/{protocol,src,launcher,web/src,scripts,tests}/**/*.test.{ts,tsx}'],
  transform: {
    '^.+\\.tsx?$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', tsx: false } } }],
  },
  globalSetup: '<rootDir>/tests/harness/build-once.ts',
  testEnvironment: 'node',
  moduleNameMapper: { '^fast-check$': '<rootDir>/tests/harness/seeded-fast-check.cjs' },
  testTimeout: 180_000,
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};
