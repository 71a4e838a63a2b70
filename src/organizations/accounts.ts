import { type EntityManager, IsNull } from 'typeorm';

import { fold } from './fold';
import { lockRow } from './row-lock';
import { User } from './user.entity';

/** The living account that is found so, with the digest of its password. */
export async function findAccount(manager: EntityManager, by: { readonly id: string } | { readonly email: string }): Promise<User | null> {
  const where = 'id' in by ? { id: by.id } : { emailFolded: fold(by.email) };
  return manager
    .createQueryBuilder(User, 'user')
    .addSelect('user.passwordHash')
    .where({ ...where, deletedAt: IsNull() })
    .getOne();
}

/**
 * Passwords are compared outside transactions, for it takes long. This makes sure, inside, that the one that was compared is
 * still the one, and that it stays so.
 */
export const isStillAccount = (manager: EntityManager, { id, passwordHash }: User): Promise<boolean> =>
  lockRow(manager, User, { id, passwordHash, deletedAt: IsNull() });
