/** `procguard reject`: turns a launcher away that waits for approval. */
import type { Command } from 'commander';
import type { ApplicantView } from '../../../protocol/trust-http';
import { act, type Context } from '../context';
import { EXIT, type Exit } from '../exit';

export const addReject = (program: Command): Command =>
  program
    .command('reject <worker>')
    .description('turn a waiting launcher away, by its fingerprint or its worker id; it may be approved still')
    .action(act((context: Context, worker: string) => reject(context, worker)));

async function reject({ client, print }: Context, worker: string): Promise<Exit> {
  const rejected = await client.post<ApplicantView>(`/api/approvals/${encodeURIComponent(worker)}/reject`, {});
  print([`${rejected.worker_id} (${rejected.fingerprint}) is rejected`]);
  return EXIT.ok;
}
