/** Names of variables whose values are not shown: what is printed ends up in tickets and screenshots. */
const SECRET = /token|secret|password|passwd|key|credential/i;
const MASK = '********';

export const maskedEnv = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, SECRET.test(name) ? MASK : value]));
