import { EntityManager } from 'typeorm';

const READS = ['findBy', 'findOneBy', 'findOneByOrFail', 'existsBy', 'countBy'] as const;

type Read = (this: EntityManager, entity: unknown, where: unknown) => unknown;

/**
 * Makes a look-up without a condition fail, in tests: TypeORM answers `findOneBy(X, {})` with the first row and `findBy(X, [])`
 * with all of them, and a condition that was lost on the way would be somebody else's row.
 */
export function refuseEmptyWhere(): void {
  const prototype = EntityManager.prototype as unknown as Record<string, Read & { readonly refusesEmpty?: true }>;
  for (const name of READS) {
    const original = prototype[name]!;
    if (original.refusesEmpty) continue;
    const guarded: Read = function guarded(entity, where) {
      if (typeof where !== 'object' || where === null || Object.keys(where).length === 0) throw new Error(`${name} without a condition`);
      return original.call(this, entity, where);
    };
    prototype[name] = Object.assign(guarded, { refusesEmpty: true as const });
  }
}
