/** Which workers a request means, by what its path and body name. What is not found is the handler's to refuse. */
import type { WorkerId } from '../../../protocol/ids';
import { Refusal } from '../../../protocol/errors';
import type { Model } from '../../core/model';
import { findProcess } from '../../core/processes/find';

interface Words {
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly query: unknown;
}

export const workerNamed = (_model: Model, { params }: Words): WorkerId[] => [(params.id ?? '') as WorkerId];

export function processNamed(model: Model, { params, body, query }: Words): WorkerId[] {
  const { process } = { ...(query as Named), ...(body as Named) };
  const found = findProcess(model, params.id ?? params.key ?? '', process ?? null);
  return found instanceof Refusal ? [] : [found.worker];
}

interface Named {
  readonly process?: string | undefined;
}
