import path from 'node:path';
import type { Host } from './context.ts';
import type { Arguments } from './definition.ts';

export function flagText(args: Arguments, name: string): string | undefined {
  const value = args.flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function flagList(args: Arguments, name: string): string[] | undefined {
  const value = args.flags[name];
  return Array.isArray(value) ? value : undefined;
}

export function resolvePath(host: Pick<Host, 'cwd'>, file: string): string {
  return path.resolve(host.cwd, file);
}
