/** Definitions as documents: what one begins with who wants to change them, here and in /api/plan. */
import yaml from 'js-yaml';
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { placedWords } from '../../core/definitions/document-of';
import { knownProcesses, substitutes, type Known } from '../../core/definitions/known';
import { presentVersion } from '../../core/definitions/versions';
import { findProcess } from '../../core/processes/find';
import type { Model } from '../../core/model';
import { processNamed } from './named';
import { route, type HttpParts, type Route } from './route';

const Words = z.record(z.string(), z.unknown());
const SetWords = z.object({ set: z.string(), processes: z.array(Words) });

export const setRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/sets/:set',
    permission: 'fleet.read',
    asksItself: true,
    summary:
      'A set as the document that gives it, secrets as ********; `format=yaml` as people write it. Without members when it is not there',
    query: z.object({ format: z.enum(['json', 'yaml']).default('json') }),
    reply: SetWords,
    handle: ({ params, query, must, response }) => {
      const members = engine.read((model) => membersOf(model, params.set ?? ''));
      must(members.map(({ worker }) => worker));
      const document: z.input<typeof SetWords> = { set: params.set ?? '', processes: members.map(placedWords) };
      if (query.format === 'json') return document;
      response.type('text/yaml; charset=utf-8').end(yaml.dump(document, { lineWidth: -1, noRefs: true }));
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: '/api/processes/:key/definition',
    permission: 'fleet.read',
    on: processNamed,
    summary:
      "A process in the words of a document, secrets as ********; `version` is null when it is its launcher's own",
    reply: z.object({ key: z.string(), version: z.number().nullable(), set: z.string().nullable(), process: Words }),
    handle: ({ params }) => engine.read((model) => definitionOf(model, params.key ?? '')),
  }),
];

/** Substitutes come and go with what they stand in for, not by a document. */
function membersOf(model: Model, set: string): Known[] {
  const standIns = substitutes(model);
  return [...knownProcesses(model).values()].filter(({ key, spec }) => spec.set === set && !standIns.has(key));
}

function definitionOf(model: Model, id: string) {
  const process = findProcess(model, id, null);
  if (process instanceof Refusal) throw process;
  const known = knownProcesses(model).get(process.key);
  if (known === undefined)
    throw new Refusal('defined_elsewhere', `${process.key} has no definition: its worker is a plain client`);
  const version = presentVersion(model.definitions.get(process.key))?.number ?? null;
  return { key: process.key, version, set: known.spec.set, process: placedWords(known) };
}
