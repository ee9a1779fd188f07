/** /api/openapi.json, made from the very rows that serve (route.ts) and the schemas that parse. */
import { z } from 'zod';
import { ERRORS } from '../../../protocol/errors';
import type { Route } from './route';

export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operation(route, path);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'ProcGuard', version, description: 'Workers, processes, output and events of a ProcGuard manager.' },
    paths,
    components: {
      schemas: {
        Refusal: {
          type: 'object',
          required: ['success', 'error', 'code'],
          properties: {
            success: { const: false },
            error: { type: 'string', description: 'What failed, on what, by which limit, and what to do.' },
            code: { enum: Object.keys(ERRORS) },
          },
        },
      },
    },
  };
}

function operation(route: Route, path: string): object {
  const fromPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const content = route.replyType ?? 'application/json';
  const schema = route.reply === undefined ? {} : jsonSchema(route.reply, 'output');
  return {
    summary: route.summary,
    parameters: [...fromPath, ...queryParameters(route)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse({}).success,
            content: contentOf(route, jsonSchema(route.body, 'input')),
          },
        }),
    responses: {
      200: { description: 'OK', content: { [content]: { schema } } },
      default: {
        description: 'Refused',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
      },
    },
  };
}

const contentOf = ({ bodyIs }: Route, schema: object): object => ({
  'application/json': { schema },
  ...(bodyIs === 'document' ? { 'application/yaml': { schema } } : {}),
});

function queryParameters(route: Route): object[] {
  if (route.query === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(route.query, 'input') as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  return rest;
}
