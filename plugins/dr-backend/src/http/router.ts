import type { HttpAuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { Route, RouteId } from '@kubectl-dr/backstage-plugin-dr-common';
import { idempotencyHeader, idempotencyKeySchema, openApiDocument, paths, routes } from '@kubectl-dr/backstage-plugin-dr-common';
import { InputError } from '@kubectl-dr/core/errors';
import express from 'express';
import PromiseRouter from 'express-promise-router';
import type { Censor } from '../secrecy/Censor.ts';
import type { Asker } from '../service/Asker.ts';
import { presentErrors } from './errors.ts';

type Parsed<R, Part extends string> = R extends { [K in Part]: { _output: infer T } } ? T : undefined;
type Answer<R> = R extends { response: { _input: infer T } } ? T : never;

/** What a route's handler is given: everything checked against the contract. */
export interface Call<R> {
  asker: Asker;
  parameters: Parsed<R, 'parameters'>;
  query: Parsed<R, 'query'>;
  body: Parsed<R, 'body'>;
  /** Of routes that want `Idempotency-Key`; else empty. */
  key: string;
}

export type Handlers = { [K in RouteId]: (call: Call<(typeof routes)[K]>) => Promise<Answer<(typeof routes)[K]>> };

export interface RouterOptions {
  httpAuth: HttpAuthService;
  logger: LoggerService;
  censor: Censor;
  handlers: Handlers;
}

/** Bodies are small: two hundred references at the most. */
const bodyLimit = '256kb';

/** The routes of the contract, each with its handler. What is not in the contract does not exist. */
export function createRouter({ httpAuth, logger, censor, handlers }: RouterOptions): express.Router {
  const router = PromiseRouter();
  router.use(express.json({ limit: bodyLimit }));
  const document = openApiDocument();
  router.get(paths.openapi, async (_, response) => {
    response.json(document);
  });
  for (const [id, route] of Object.entries<Route>(routes)) {
    const handle = handlers[id as RouteId] as (call: Call<unknown>) => Promise<unknown>;
    const onlyLooks = route.method === 'get' || id === 'getApplicationsByRefs';
    router[route.method](route.path, async (request, response) => {
      const asker: Asker = { credentials: await httpAuth.credentials(request, { allow: ['user', 'service'] }), request };
      // Whoever gave up has gone. Under load, working for them keeps everybody else waiting until they give up as well.
      if (onlyLooks && response.destroyed) return;
      const call = {
        asker,
        parameters: checked(route.parameters, request.params, 'the path'),
        query: checked(route.query, request.query, 'the query'),
        body: checked(route.body, request.body, 'the body'),
        key: route.idempotent
          ? String(checked(idempotencyKeySchema, request.header(idempotencyHeader), `the header ${idempotencyHeader}`))
          : '',
      } as Call<unknown>;
      const body = Buffer.from(censor.json(await handle(call)));
      response.status(route.status).type('application/json');
      if (route.method === 'get') response.send(body);
      // Nobody asks for it again on the condition that it has changed, so it need not be hashed for an ETag.
      else response.set('Content-Length', String(body.length)).end(body);
    });
  }
  router.use(presentErrors(logger, censor));
  return router;
}

/** The value as the contract reads it; InputError that names the first field that is wrong. */
function checked(schema: Route['body'], value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue!.path.map(String).join('.');
  if (value === undefined) throw new InputError(`${where} is missing`);
  throw new InputError(`${field === '' ? where : `${where}: ${field}`} is not valid: ${issue!.message}`);
}
