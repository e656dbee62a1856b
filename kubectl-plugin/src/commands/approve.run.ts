import { InputError } from '@kubectl-dr/core/errors';

/** Only a portal knows who asked for what; an operator with credentials of the clusters carries plans out directly. */
export async function run(): Promise<number> {
  throw new InputError('approvals are given in a portal', { hint: 'name it: --portal URL' });
}
