import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';

/**
 * Takes the lock of the row, so that what is read next stays true until the transaction ends. An update that changes nothing
 * does it on every database.
 * @returns whether there is such a row
 */
export async function lockRow<E extends ObjectLiteral & { readonly version: number }>(
  manager: EntityManager,
  entity: EntityTarget<E>,
  where: FindOptionsWhere<E>,
): Promise<boolean> {
  const { affected } = await manager
    .createQueryBuilder()
    .update(entity)
    .set({ version: () => 'version' } as never)
    .where(where)
    .execute();
  return affected === 1;
}
