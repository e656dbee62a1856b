import { errorSchema } from '@kubectl-dr/core/wire/common';
import { z } from 'zod';
import { idempotencyKeySchema } from './operations.ts';
import { idempotencyHeader } from './paths.ts';
import type { Route } from './routes.ts';
import { routes } from './routes.ts';

/** JSON Schema; of what is sent (`input`) or of what comes back (`output`). */
function schemaOf(type: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io });
  return schema;
}

/** Backstage's error body; `error` with our code and hint. */
const failure = z.object({
  error: z.looseObject({
    name: z.string(),
    message: z.string(),
    ...errorSchema.pick({ code: true, hint: true, cluster: true }).partial().shape,
  }),
  response: z.object({ statusCode: z.number() }),
});

/** The OpenAPI 3.1 document of the API, made from the schemas that the backend checks requests with. */
export function openApiDocument(): Record<string, unknown> {
  const operations: Record<string, Record<string, unknown>> = {};
  for (const [operationId, route] of Object.entries<Route>(routes)) {
    const path = route.path.replace(/:([a-z]+)/gi, '{$1}');
    operations[path] = { ...operations[path], [route.method]: operationOf(operationId, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'dr',
      version: '1',
      description: 'Disaster recovery of applications. Served under /api/dr.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/api/dr' }],
    security: [{ backstage: [] }],
    paths: operations,
    components: {
      securitySchemes: { backstage: { type: 'http', scheme: 'bearer', description: 'A Backstage token' } },
      schemas: { Error: schemaOf(failure, 'output') },
    },
  };
}

function operationOf(operationId: string, route: Route): Record<string, unknown> {
  const parameters = [
    ...parametersOf(route.parameters, 'path'),
    ...parametersOf(route.query, 'query'),
    ...(route.idempotent
      ? [{ name: idempotencyHeader, in: 'header', required: true, schema: schemaOf(idempotencyKeySchema, 'input') }]
      : []),
  ];
  return {
    operationId,
    summary: route.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
    responses: {
      [route.status]: {
        description: route.status === 202 ? 'Accepted' : 'OK',
        content: { 'application/json': { schema: schemaOf(route.response, 'output') } },
      },
      default: { description: 'Why not', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  };
}

function parametersOf(type: z.ZodType | undefined, place: 'path' | 'query'): Record<string, unknown>[] {
  if (!type) return [];
  const { properties = {}, required = [] } = schemaOf(type, 'input') as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));
}
