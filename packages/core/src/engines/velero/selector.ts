import { parseSelector } from '../../application/selector.ts';
import { InputError } from '../../errors.ts';

const operators = { in: 'In', notin: 'NotIn', exists: 'Exists', absent: 'DoesNotExist' } as const;

/** Selector text as the LabelSelector object that Velero's specs hold. */
export function labelSelectorOf(text: string): { matchExpressions: { key: string; operator: string; values?: string[] }[] } {
  const requirements = parseSelector(text);
  if (!requirements) throw new InputError(`the selector "${text}" cannot be read`);
  return {
    matchExpressions: requirements.map(({ key, operator, values }) => ({
      key,
      operator: operators[operator],
      ...(values.length > 0 ? { values } : {}),
    })),
  };
}
