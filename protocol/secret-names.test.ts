import { isSecretName, MASK, maskedEnv } from './secret-names';

it.each([
  'API_KEY',
  'apiKey',
  'OPENAI_API_KEY',
  'OPENAI_APIKEY',
  'AWS_SECRET_ACCESS_KEY',
  'HF_TOKEN',
  'authToken',
  'GITHUBTOKEN',
  'spring.datasource.password',
  'PGPASSWORD',
  'DB_PASS',
  'MYSQL_PWD',
  'my-credential',
  'KEY',
])('%s is secret', (name) => expect(isSecretName(name)).toBe(true));

it.each([
  'MONKEY',
  'KEYBOARD',
  'KEYBOARD_LAYOUT',
  'TOKENIZERS_PARALLELISM',
  'MAX_TOKENS',
  'PWD',
  'OLDPWD',
  'PASSES',
  'COMPASS',
  'PATH',
  'TURKEY_MODE',
])('%s is not', (name) => expect(isSecretName(name)).toBe(false));

it('masks what a definition lists beside what is called so', () => {
  const env = { API_KEY: 'a', DATABASE_URL: 'b', PORT: '1' };
  expect(maskedEnv({ env, secrets: ['DATABASE_URL'] })).toEqual({ API_KEY: MASK, DATABASE_URL: MASK, PORT: '1' });
});
