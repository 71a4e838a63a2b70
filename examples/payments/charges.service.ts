import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, invalidField, notFound } from 'keystile';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';

import { type CardAnswer, CardNetwork } from './card-network';
import { Charge } from './charge.entity';
import type { ChargeDto } from './charges.dto';
import type { Place } from './place';
import { UnitOfWork } from './unit-of-work';
import { User } from './user.entity';

const MOST_LISTED = 100;
/** What a test key hears instead of the card network. */
const NO_CHARGE: CardAnswer = { approved: true, reference: 'test' };

@Injectable()
export class Charges {
  constructor(
    private readonly database: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly cards: CardNetwork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(place: Place): Promise<Charge[]> {
    return this.database.getRepository(Charge).find({ where: { ...place }, order: { createdAt: 'DESC', id: 'DESC' }, take: MOST_LISTED });
  }

  async get(place: Place, id: string, manager: EntityManager = this.database.manager): Promise<Charge> {
    const charge = await manager.findOneBy(Charge, { ...place, id });
    if (!charge) throw notFound();
    return charge;
  }

  /** For a test key all of it happens in one transaction that is undone, and the card network is not asked. */
  async create(place: Place, dto: ChargeDto): Promise<Charge> {
    const id = `ch_${randomBytes(12).toString('hex')}`;
    if (place.environment === 'test') {
      return this.unitOfWork.pretend(async (manager) => {
        await this.begin(manager, place, id, dto);
        return this.settle(manager, place, id, NO_CHARGE);
      });
    }
    // The charge is on record before any money moves, and no transaction waits for the network.
    await this.unitOfWork.keep((manager) => this.begin(manager, place, id, dto));
    const answer = await this.cards.charge({ id, ...dto });
    return this.unitOfWork.keep((manager) => this.settle(manager, place, id, answer));
  }

  private async begin(manager: EntityManager, place: Place, id: string, { user_id: userId, amount, currency }: ChargeDto): Promise<void> {
    if (!(await manager.existsBy(User, { ...place, id: userId }))) throw invalidField('/user_id', 'there is no such user');
    const charge = { ...place, id, userId, amount, currency, status: 'pending' as const, reference: null, createdAt: this.clock.now() };
    await manager.insert(Charge, charge);
  }

  private async settle(manager: EntityManager, place: Place, id: string, answer: CardAnswer): Promise<Charge> {
    if (answer) {
      const { approved, reference } = answer;
      await manager.update(Charge, { ...place, id, status: 'pending' }, { status: approved ? 'succeeded' : 'declined', reference });
    }
    return this.get(place, id, manager);
  }
}
