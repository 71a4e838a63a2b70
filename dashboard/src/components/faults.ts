import { Failure } from '../api';

export interface FormLike {
  readonly setErrors: (errors: Record<string, string>) => void;
  readonly getValues: () => object;
}

/**
 * What a refusal says of single fields, by field, and what belongs above the form. The API names fields by JSON pointers: `/allowedIps/0`
 * is the field `allowedIps`.
 */
export function faultsOf(form: FormLike, error: Error): { readonly byField: Record<string, string>; readonly rest: Error | null } {
  if (!(error instanceof Failure) || error.faults.length === 0) return { byField: {}, rest: error };
  const names = new Set(Object.keys(form.getValues()));
  const byField: Record<string, string> = {};
  const elsewhere = error.faults.filter(({ pointer, message }) => {
    const field = fieldOf(pointer);
    if (names.has(field)) byField[field] ??= asSentence(message);
    return !names.has(field);
  });
  const rest = elsewhere.length === 0 ? null : new Failure(error.message, { ...error, faults: elsewhere });
  return { byField, rest };
}

/** Puts what a refusal says of single fields at those fields. The rest is for `<FormError>`. */
export function showFaults(form: FormLike, error: Error): void {
  form.setErrors(faultsOf(form, error).byField);
}

const fieldOf = (pointer: string): string => pointer.split('/')[1] ?? '';

const asSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
