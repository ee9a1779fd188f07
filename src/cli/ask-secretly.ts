/** Questions whose answer is not to be seen: typed without echo, or the next line of what is piped in. */
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, EXIT } from './exit';

let piped: AsyncIterator<string> | null = null;
let lines: Interface | null = null;

export async function askSecretly(question: string): Promise<string> {
  if (!process.stdin.isTTY) return nextPiped(question);
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asked = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await asked.question('');
  } finally {
    asked.close();
    process.stderr.write('\n');
  }
}

/** Twice, where somebody types it. */
export async function askNewPassword(whose: string): Promise<string> {
  const password = await askSecretly(`New password of ${whose}: `);
  if (process.stdin.isTTY && (await askSecretly('Once more: ')) !== password)
    throw new CliError(EXIT.usage, 'The two were not the same; nothing was changed');
  return password;
}

async function nextPiped(question: string): Promise<string> {
  lines ??= createInterface({ input: process.stdin });
  piped ??= lines[Symbol.asyncIterator]();
  const { value, done = false } = await piped.next();
  if (done) throw new CliError(EXIT.usage, `${question.trim()} nobody is there to ask, and nothing was piped in`);
  return value;
}
