import { ValidationPipe, type ValidationError } from '@nestjs/common';

import { Problem } from '../common';

/** A longer list helps nobody and makes a large answer out of a small request. */
const MOST_FAULTS = 20;

/** Checks bodies, queries and parameters against their DTOs; unknown fields are refused, so that a typo never passes. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new Problem('validation_failed', { errors: errors.flatMap((error) => faults(error, '')).slice(0, MOST_FAULTS) }),
  });

/** Each fault with its JSON pointer (RFC 6901). Messages never repeat the value. */
function faults({ property, constraints, children = [] }: ValidationError, parent: string): Array<{ pointer: string; message: string }> {
  const pointer = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.values(constraints ?? {}).map((message) => ({ pointer, message }));
  return [...own, ...children.flatMap((child) => faults(child, pointer))];
}
