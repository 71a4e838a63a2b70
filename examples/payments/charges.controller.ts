import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CurrentPrincipal, type Principal, Resource } from 'keystile';

import type { Charge } from './charge.entity';
import { ChargeDto } from './charges.dto';
import { Charges } from './charges.service';
import { isoSeconds, placeOf } from './place';

@Controller('v1/charges')
@Resource('charge')
export class ChargeController {
  constructor(private readonly charges: Charges) {}

  @Get()
  async list(@CurrentPrincipal() principal: Principal): Promise<object> {
    return { success: true, data: (await this.charges.list(placeOf(principal))).map(chargeView) };
  }

  @Get(':id')
  async get(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<object> {
    return { success: true, data: chargeView(await this.charges.get(placeOf(principal), id)) };
  }

  @Post()
  async create(@CurrentPrincipal() principal: Principal, @Body() charge: ChargeDto): Promise<object> {
    return { success: true, data: chargeView(await this.charges.create(placeOf(principal), charge)) };
  }
}

const chargeView = ({ id, userId, amount, currency, status, reference, environment, createdAt }: Charge): object => ({
  id,
  user_id: userId,
  amount,
  currency,
  status,
  reference,
  livemode: environment === 'live',
  created_at: isoSeconds(createdAt),
});
