import { type PipeTransform } from '@nestjs/common';

import { type IdPrefix, isId, notFound } from '../common';

/** A path parameter that is an id of one kind. Whatever else stands there is nothing that exists: 404. */
export class IdPipe implements PipeTransform<unknown, string> {
  constructor(private readonly prefix: IdPrefix) {}

  transform(value: unknown): string {
    if (!isId(this.prefix, value)) throw notFound();
    return value;
  }
}
