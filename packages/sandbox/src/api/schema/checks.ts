import type { FieldError } from '../status.ts';
import type { NameRule } from './names.ts';
import { shown, tooLong } from './names.ts';

/** Collects what is wrong with an object, field by field, in the words of apimachinery's field package. */
export class Checks {
  readonly errors: FieldError[] = [];

  required(field: string, detail = ''): void {
    this.#add('Required', field, `Required value${detail === '' ? '' : `: ${detail}`}`);
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.#add('Invalid', field, `Invalid value: ${shown(value)}${detail === '' ? '' : `: ${detail}`}`);
  }

  forbidden(field: string, detail: string): void {
    this.#add('Forbidden', field, `Forbidden: ${detail}`);
  }

  duplicate(field: string, value: unknown): void {
    this.#add('Duplicate', field, `Duplicate value: ${shown(value)}`);
  }

  notFound(field: string, value: unknown): void {
    this.#add('NotFound', field, `Not found: ${shown(value)}`);
  }

  tooLong(field: string, most: number): void {
    this.#add('TooLong', field, tooLong(most));
  }

  oneOf(field: string, value: unknown, values: readonly string[]): void {
    if (values.includes(String(value))) return;
    this.#add('NotSupported', field, `Unsupported value: ${shown(value)}: supported values: ${values.map(shown).join(', ')}`);
  }

  name(field: string, text: string, rule: NameRule): void {
    for (const sentence of rule(text)) this.invalid(field, text, sentence);
  }

  between(field: string, value: unknown, least: number, most: number): void {
    if (typeof value === 'number' && (value < least || value > most))
      this.invalid(field, value, `must be between ${least} and ${most}, inclusive`);
  }

  notNegative(field: string, value: unknown): void {
    if (typeof value === 'number' && value < 0) this.invalid(field, value, 'must be greater than or equal to 0');
  }

  #add(
    reason: 'Required' | 'Invalid' | 'Forbidden' | 'Duplicate' | 'NotFound' | 'TooLong' | 'NotSupported',
    field: string,
    message: string,
  ): void {
    this.errors.push({ field, reason: `FieldValue${reason}`, message });
  }
}
