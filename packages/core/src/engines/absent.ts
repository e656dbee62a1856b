import { NotFoundError } from '../errors.ts';

/** What is not there as undefined, for `.catch`; anything else is thrown. */
export function absent(error: unknown): undefined {
  if (error instanceof NotFoundError) return undefined;
  throw error;
}
