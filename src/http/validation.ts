import { type ArgumentMetadata, type PipeTransform, type Type, ValidationPipe, type ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { invalidField, Problem } from '../common';

/** A longer list helps nobody and makes a large answer out of a small request. */
const MOST_FAULTS = 20;

const RULES = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
  validationError: { target: false, value: false },
} as const;

const refusal = (errors: readonly ValidationError[]): Problem =>
  new Problem('validation_failed', { errors: errors.flatMap((error) => faults(error, '')).slice(0, MOST_FAULTS) });

/**
 * What a host's own code hands to a service, held to the rules that bodies and queries are held to.
 * @throws Problem `validation_failed`
 */
export function checkedAs<T extends object>(type: Type<T>, value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField('', 'must be an object');
  const checked = plainToInstance(type, value);
  const errors = validateSync(checked, RULES);
  if (errors.length > 0) throw refusal(errors);
  return checked;
}

/**
 * Checks bodies, queries and parameters against their DTOs; unknown fields are refused, so that a typo never passes.
 * @param only the controllers whose DTOs it checks. Default: all
 */
export function validationPipe(only?: readonly Function[]): PipeTransform {
  const pipe = new ValidationPipe({ transform: true, ...RULES, exceptionFactory: refusal });
  if (!only) {
    // A text that is asked for as a text is what it is; Nest's pipe would say so by a promise.
    return { transform: (value: unknown, metadata) => (isText(value, metadata) ? value : pipe.transform(value, metadata)) };
  }
  const dtos = new Set(only.flatMap(dtosOf));
  return {
    transform: async (value: unknown, metadata: ArgumentMetadata): Promise<unknown> =>
      metadata.metatype !== undefined && dtos.has(metadata.metatype) ? ((await pipe.transform(value, metadata)) as unknown) : value,
  };
}

const isText = (value: unknown, { metatype }: ArgumentMetadata): boolean => metatype === String && typeof value === 'string';

/** The classes of a controller's parameters; a pipe is told those, not the controller. */
function dtosOf(controller: Function): Function[] {
  const prototype = controller.prototype as object;
  const types = Object.getOwnPropertyNames(prototype).flatMap(
    (name) => (Reflect.getMetadata('design:paramtypes', prototype, name) as Array<Function | undefined> | undefined) ?? [],
  );
  return types.filter((type): type is Function => type !== undefined && !BUILT_IN.has(type));
}

const BUILT_IN: ReadonlySet<Function> = new Set<Function>([String, Number, Boolean, Object, Array, Date, Function, Promise]);

/** Checks of what a value is. They stand last above a field, so that they are the first that it meets. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['isInt', 'must be a whole number'],
  ['isString', 'must be a text'],
]);

/** Each fault with its JSON pointer (RFC 6901). Messages never repeat the value. */
function faults({ property, constraints, children = [] }: ValidationError, parent: string): Array<{ pointer: string; message: string }> {
  const pointer = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(constraints ?? {}).map(([check, message]) => ({ pointer, message: KINDS.get(check) ?? message }));
  return [...own, ...children.flatMap((child) => faults(child, pointer))];
}
