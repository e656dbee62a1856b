import { isCancel, multiselect, select } from '@clack/prompts';
import type { Choice } from './context.ts';
import { InterruptedError } from './interrupted.ts';

/** Asks with the arrow keys, on stderr; Ctrl-C and Escape leave. */
export async function choose(question: string, choices: readonly Choice[], signal: AbortSignal, many: boolean): Promise<string[]> {
  const common = { message: question, options: [...choices], maxItems: 12, output: process.stderr, signal };
  const answer = many
    ? await multiselect({ ...common, initialValues: choices.map(({ value }) => value), required: true })
    : await select(common).then((value) => (isCancel(value) ? value : [value]));
  if (isCancel(answer)) throw new InterruptedError();
  return answer;
}
