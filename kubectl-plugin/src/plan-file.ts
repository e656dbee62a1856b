import { readFile } from 'node:fs/promises';
import { InputError, asDrError } from '@kubectl-dr/core/errors';
import type { Plan } from '@kubectl-dr/core/planning/model';
import { planSchema } from '@kubectl-dr/core/wire/plan';
import type { Host } from './context.ts';
import { resolvePath } from './flags.ts';

const again = 'write one with: kubectl dr plan restore APP --out plan.json';

/** A plan that `plan --out` wrote, or `plan -o json|yaml`. InputError naming the file, and what in it is no plan. */
export async function readPlan(file: string, host: Pick<Host, 'cwd'>): Promise<Plan> {
  const location = resolvePath(host, file);
  let text: string;
  try {
    text = await readFile(location, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(missing ? `there is no file ${location}` : `${location} cannot be read: ${asDrError(error).message}`, {
      hint: again,
    });
  }
  const parsed = planSchema.safeParse(await valueOf(text, location));
  if (parsed.success) return parsed.data.spec as Plan;
  const [issue] = parsed.error.issues;
  throw new InputError(`${location} is not a plan: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unreadable'}`, { hint: again });
}

async function valueOf(text: string, location: string): Promise<unknown> {
  // JSON is YAML as well; it is only told apart because the parser of YAML is large and slow.
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new InputError(`${location} is not JSON: ${asDrError(error).message}`, { hint: again });
    }
  }
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    throw new InputError(`${location} is not YAML: ${asDrError(error).message.split('\n')[0]}`, { hint: again });
  }
}
