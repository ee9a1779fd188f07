import type { AdminWorker } from '../../../protocol/trust-http';

/** What an account is called: its worker; until a launcher has used it there is a name alone. */
export const workerName = ({ worker_id: id, name }: AdminWorker): string => (id === '' ? name : id);
