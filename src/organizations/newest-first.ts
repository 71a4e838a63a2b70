import { type EntityManager, type EntityTarget, type FindOptionsOrder, type FindOptionsWhere, LessThan } from 'typeorm';

import type { PageCursors, PagePosition } from '../common';

interface Dated {
  readonly id: string;
  readonly createdAt: Date;
}

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const positionOf = ({ id, createdAt }: Dated): PagePosition => [createdAt.getTime(), id];

/**
 * The rows of one page, newest first by `(createdAt, id)`, and one more where there is one.
 * @throws Problem `validation_failed` for a cursor of another list
 */
export async function newestFirst<E extends Dated>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  where: FindOptionsWhere<E>,
  cursors: PageCursors,
  audience: string,
  { limit, cursor }: PageRequest,
): Promise<E[]> {
  const after = cursor === undefined ? undefined : cursors.read(audience, cursor);
  return manager.find(entity, {
    where: after ? olderThan(where, new Date(after[0]), String(after[1])) : where,
    order: { createdAt: 'DESC', id: 'DESC' } as FindOptionsOrder<E>,
    take: limit + 1,
  });
}

function olderThan<E extends Dated>(where: FindOptionsWhere<E>, createdAt: Date, id: string): Array<FindOptionsWhere<E>> {
  return [
    { ...where, createdAt: LessThan(createdAt) },
    { ...where, createdAt, id: LessThan(id) },
  ];
}
