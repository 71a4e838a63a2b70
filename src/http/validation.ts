import { type ArgumentMetadata, type PipeTransform, ValidationPipe, type ValidationError } from '@nestjs/common';

import { Problem } from '../common';

/** A longer list helps nobody and makes a large answer out of a small request. */
const MOST_FAULTS = 20;

/**
 * Checks bodies, queries and parameters against their DTOs; unknown fields are refused, so that a typo never passes.
 * @param only the controllers whose DTOs it checks. Default: all
 */
export function validationPipe(only?: readonly Function[]): PipeTransform {
  const pipe = new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new Problem('validation_failed', { errors: errors.flatMap((error) => faults(error, '')).slice(0, MOST_FAULTS) }),
  });
  if (!only) return pipe;
  const dtos = new Set(only.flatMap(dtosOf));
  return {
    transform: async (value: unknown, metadata: ArgumentMetadata): Promise<unknown> =>
      metadata.metatype !== undefined && dtos.has(metadata.metatype) ? ((await pipe.transform(value, metadata)) as unknown) : value,
  };
}

/** The classes of a controller's parameters; a pipe is told those, not the controller. */
function dtosOf(controller: Function): Function[] {
  const prototype = controller.prototype as object;
  const types = Object.getOwnPropertyNames(prototype).flatMap(
    (name) => (Reflect.getMetadata('design:paramtypes', prototype, name) as Array<Function | undefined> | undefined) ?? [],
  );
  return types.filter((type): type is Function => type !== undefined && !BUILT_IN.has(type));
}

const BUILT_IN: ReadonlySet<Function> = new Set<Function>([String, Number, Boolean, Object, Array, Date, Function, Promise]);

/** Each fault with its JSON pointer (RFC 6901). Messages never repeat the value. */
function faults({ property, constraints, children = [] }: ValidationError, parent: string): Array<{ pointer: string; message: string }> {
  const pointer = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ pointer, message }));
  return [...own, ...children.flatMap((child) => faults(child, pointer))];
}
