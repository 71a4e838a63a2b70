import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, notFound } from 'keystile';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';

import type { Place } from './place';
import { UnitOfWork } from './unit-of-work';
import { User } from './user.entity';
import type { UserDto, UserPatchDto } from './users.dto';

const MOST_LISTED = 100;

@Injectable()
export class Users {
  constructor(
    private readonly database: DataSource,
    private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(place: Place): Promise<User[]> {
    return this.database.getRepository(User).find({ where: { ...place }, order: { createdAt: 'DESC', id: 'DESC' }, take: MOST_LISTED });
  }

  /** @throws Problem `not_found`, also for a user of another account, and for a live one that a test key asks for */
  async get(place: Place, id: string, manager: EntityManager = this.database.manager): Promise<User> {
    const user = await manager.findOneBy(User, { ...place, id });
    if (!user) throw notFound();
    return user;
  }

  create(place: Place, { name, email }: UserDto): Promise<User> {
    const id = `usr_${randomBytes(12).toString('hex')}`;
    return this.unitOfWork.run(place.environment, async (manager) => {
      await manager.insert(User, { ...place, id, name, email, createdAt: this.clock.now() });
      return this.get(place, id, manager);
    });
  }

  update(place: Place, id: string, { name, email }: UserPatchDto): Promise<User> {
    return this.unitOfWork.run(place.environment, async (manager) => {
      const { affected } = await manager.update(User, { ...place, id }, { id, name, email });
      if (affected !== 1) throw notFound();
      return this.get(place, id, manager);
    });
  }

  delete(place: Place, id: string): Promise<void> {
    return this.unitOfWork.run(place.environment, async (manager) => {
      const { affected } = await manager.delete(User, { ...place, id });
      if (affected !== 1) throw notFound();
    });
  }
}
