/** A question before something is done, where somebody is there to answer it. */
import { createInterface } from 'node:readline/promises';

/** True when both the question can be seen and the answer be given. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

export async function isConfirmed(question: string): Promise<boolean> {
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asked.question(`${question} [y/N] `);
  asked.close();
  return /^y(es)?$/i.test(answer.trim());
}
