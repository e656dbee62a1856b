import type { FieldError } from '../status.ts';
import { invalid } from '../status.ts';
import type { NameForm } from './names.ts';
import { nameErrors, shown } from './names.ts';

type Reason = FieldError['reason'] extends `FieldValue${infer Word}` ? Word : never;

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
    this.#add('TooLong', field, `Too long: may not be more than ${most} ${most === 1 ? 'byte' : 'bytes'}`);
  }

  tooMany(field: string, count: number, most: number): void {
    this.#add('TooMany', field, `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`);
  }

  typeInvalid(field: string, value: string, detail: string): void {
    this.#add('TypeInvalid', field, `Invalid value: ${shown(value)}: ${detail}`);
  }

  oneOf(field: string, value: unknown, values: readonly string[]): void {
    if (!values.includes(String(value))) this.notOneOf(field, value, values);
  }

  notOneOf(field: string, value: unknown, values: readonly string[]): void {
    this.#add('NotSupported', field, `Unsupported value: ${shown(value)}: supported values: ${values.map(shown).join(', ')}`);
  }

  name(field: string, text: string, form: NameForm): void {
    for (const sentence of nameErrors(form, text)) this.invalid(field, text, sentence);
  }

  /** Keys and values of labels. */
  labels(field: string, labels: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(labels)) {
      this.name(field, key, 'qualified');
      this.name(field, String(value), 'labelValue');
    }
  }

  /** `most` empty: there is no upper end. */
  range(field: string, value: number, least: number, most = ''): void {
    if (most === '' && value < least) this.invalid(field, value, `must be greater than or equal to ${least}`);
    if (most !== '' && (value < least || value > Number(most)))
      this.invalid(field, value, `must be between ${least} and ${most}, inclusive`);
  }

  /** 422 when anything was found. */
  refuse(type: { group: string; kind: string }, name: string): void {
    if (this.errors.length > 0) throw invalid(type, name, this.errors);
  }

  #add(reason: Reason, field: string, message: string): void {
    this.errors.push({ field, reason: `FieldValue${reason}`, message });
  }
}
