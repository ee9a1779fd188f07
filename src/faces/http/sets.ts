/** Definitions as documents: what one begins with who wants to change them, here and in /api/plan. */
import yaml from 'js-yaml';
import { z } from 'zod';
import { Refusal } from '../../../protocol/errors';
import { placedWords } from '../../core/definitions/document-of';
import { knownProcesses, substitutes } from '../../core/definitions/known';
import { presentVersion } from '../../core/definitions/versions';
import { findProcess } from '../../core/processes/find';
import type { Model } from '../../core/model';
import { route, type HttpParts, type Route } from './route';

const Words = z.record(z.string(), z.unknown());
const SetWords = z.object({ set: z.string(), processes: z.array(Words) });

export const setRoutes = ({ engine }: HttpParts): Route[] => [
  route({
    method: 'get',
    path: '/api/sets/:set',
    summary:
      'A set as the document that gives it, secrets too; `format=yaml` as people write it. Without members when it is not there',
    query: z.object({ format: z.enum(['json', 'yaml']).default('json') }),
    reply: SetWords,
    handle: ({ params, query, response }) => {
      const document = engine.read((model) => documentOf(model, params.set ?? ''));
      response.set('Cache-Control', 'no-store');
      if (query.format === 'json') return document;
      response.type('text/yaml; charset=utf-8').end(yaml.dump(document, { lineWidth: -1, noRefs: true }));
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: '/api/processes/:key/definition',
    summary: "A process in the words of a document, secrets too; `version` is null when it is its launcher's own",
    reply: z.object({ key: z.string(), version: z.number().nullable(), set: z.string().nullable(), process: Words }),
    handle: ({ params, response }) => {
      response.set('Cache-Control', 'no-store');
      return engine.read((model) => definitionOf(model, params.key ?? ''));
    },
  }),
];

/** Substitutes come and go with what they stand in for, not by a document. */
function documentOf(model: Model, set: string): z.input<typeof SetWords> {
  const standIns = substitutes(model);
  const members = [...knownProcesses(model).values()].filter(({ key, spec }) => spec.set === set && !standIns.has(key));
  return { set, processes: members.map(placedWords) };
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
