import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputError } from '@kubectl-dr/core/errors';
import type { Configuration } from './configuration.ts';
import { locate } from './configuration.ts';

const cluster = z.object({
  name: z.string(),
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  url: z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  caData: z.string().optional(),
  caFile: z.string().optional(),
  skipTLSVerify: z.boolean().optional(),
  inCluster: z.boolean().optional(),
});

/** Only what the command line needs; other keys belong to the portal. */
const schema = z.object({
  clusters: z.array(cluster).optional(),
  catalog: z.array(z.string()).optional(),
  namespace: z.string().optional(),
  tenancy: z.array(z.object({ namespace: z.string(), cluster: z.string().optional(), owner: z.string() })).optional(),
});

/** One file, or the part of it below `key`. A mistake is named with file and line. */
export function parseConfiguration(
  file: string,
  text: string,
  key: string | undefined,
  env: Record<string, string | undefined>,
): Configuration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const sentence = error.message.split('\n')[0]!.replace(/ at line .*$/, '');
    throw bad(`the configuration ${file} is not valid YAML at line ${lines.linePos(error.pos[0]).line}: ${sentence}`);
  }
  const root: unknown = document.toJS();
  const value = key === undefined ? root : isMapping(root) ? root[key] : undefined;
  if (value === undefined || value === null) return {};
  const result = schema.safeParse(substituted(value, env));
  const at = (keys: PropertyKey[]): string => [key, ...keys].filter((part) => part !== undefined).join('.');
  if (!result.success) {
    const [issue] = result.error.issues;
    throw bad(
      `the configuration ${file}${lineOf(key === undefined ? issue!.path : [key, ...issue!.path])}: ${at(issue!.path)}: ${issue!.message}`,
    );
  }
  const { clusters, catalog, namespace, tenancy } = result.data;
  const directory = path.dirname(file);
  const absolute = (name: string | undefined): string | undefined => (name === undefined ? undefined : path.resolve(directory, name));
  return {
    ...(clusters && {
      clusters: clusters.map((entry, index) => ({
        ...entry,
        kubeconfig: absolute(entry.kubeconfig),
        tokenFile: absolute(entry.tokenFile),
        caFile: absolute(entry.caFile),
        where: `${at(['clusters'])}[${index}] of ${file}`,
      })),
    }),
    ...(catalog && { catalog: catalog.map((location) => locate(directory, location)) }),
    ...(namespace !== undefined && { namespace }),
    ...(tenancy && { tenancy: tenancy.map(({ cluster: on, ...rule }) => ({ ...rule, ...(on === undefined ? {} : { cluster: on }) })) }),
  };

  /** Of the nearest node that exists: a missing key is told at its parent. */
  function lineOf(keys: readonly PropertyKey[]): string {
    for (let length = keys.length; length > 0; length -= 1) {
      const node = document.getIn(keys.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return `, line ${lines.linePos(node.range[0]).line}`;
    }
    return '';
  }
}

/** `${NAME}` in text is the environment's, as Backstage reads it. An unset one stays as it is, and is told where it is used. */
function substituted(value: unknown, env: Record<string, string | undefined>): unknown {
  if (typeof value === 'string') return value.replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole);
  if (Array.isArray(value)) return value.map((item) => substituted(item, env));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, substituted(field, env)]));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): InputError {
  return new InputError(message, { code: 'BAD_CONFIG', hint: 'correct the file' });
}
