/**
 * What a reader may rely on, kept by a machine. Layout is prettier's; arrows between rooms are dependency-cruiser's.
 */
const js = require('@eslint/js');
const { defineConfig } = require('eslint/config');
const tseslint = require('typescript-eslint');

const TYPESCRIPT = ['**/*.ts', '**/*.tsx'];
const SCRIPTS = ['**/*.js', '**/*.cjs', '**/*.mjs', 'bin/procguard'];
const TESTS = ['**/*.test.ts', '**/*.test.tsx', 'tests/**/*.ts'];

/** These rooms decide and never do: time, chance and the world are arguments there (STYLE: rooms and arrows). */
const PURE = ['src/core/**/*.ts', 'launcher/core/**/*.ts', 'protocol/**/*.ts'];
const pure = (name) => ({ name, message: `Pure room: ${name} belongs to the caller; take its value as an argument.` });
const clock = 'Pure room: the time is an argument (nowMs), read once per turn.';

module.exports = defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', 'data/**', 'logs/**', '.cache/**'] },
  js.configs.recommended,
  { files: TYPESCRIPT, extends: [tseslint.configs.recommended] },
  {
    files: TYPESCRIPT,
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: __dirname },
    },
    rules: {
      // A promise nobody waits for is an error nobody hears of; `void promise` says it is meant.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // A new variant of a union must be met everywhere it is told apart.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          destructuredArrayIgnorePattern: '^_',
          caughtErrors: 'none',
        },
      ],
      // zod gives a schema and its type one name.
      '@typescript-eslint/no-redeclare': 'off',
      // The message unions begin empty-handed in places: `{}` as a body means a body without fields.
      '@typescript-eslint/no-empty-object-type': 'off',
    },
  },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-empty': ['error', { allowEmptyCatch: true }],
      'no-else-return': 'error',
      'no-useless-return': 'error',
      'object-shorthand': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      // Control characters are this project's daily bread: ANSI, NUL in /proc.
      'no-control-regex': 'off',
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'Buffer', 'fetch', 'console', 'performance', 'crypto'].map(pure),
        ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map(pure),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clock },
        { object: 'Math', property: 'random', message: 'Pure room: chance is an argument (random in [0, 1)).' },
      ],
    },
  },
  { files: ['src/cli/**', 'scripts/**', 'bench/**'], ignores: TESTS, rules: { 'no-console': 'off' } },
  {
    // Programs of the rooms speak through their logger; a stray console.log is a forgotten one.
    files: ['src/**/*.ts', 'launcher/**/*.ts'],
    ignores: ['src/cli/**', ...TESTS],
    rules: { 'no-console': 'error' },
  },
  {
    files: SCRIPTS,
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'Buffer', 'URL', 'fetch', 'performance', 'AbortController', 'AbortSignal']
          .concat(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'])
          .map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.cjs', '*.js', 'bin/procguard'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly', __filename: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  { files: ['tests/**/*.{js,cjs,mjs}'], rules: { 'no-empty-pattern': 'off' } },
  { files: TESTS, rules: { 'max-lines': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
);
