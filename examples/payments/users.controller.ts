import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { CurrentPrincipal, type Principal, Resource } from 'keystile';

import { isoSeconds, placeOf } from './place';
import type { User } from './user.entity';
import { UserDto, UserPatchDto } from './users.dto';
import { Users } from './users.service';

@Controller('v1/users')
@Resource('user')
export class UserController {
  constructor(private readonly users: Users) {}

  @Get()
  async list(@CurrentPrincipal() principal: Principal): Promise<object> {
    return { success: true, data: (await this.users.list(placeOf(principal))).map(userView) };
  }

  @Get(':id')
  async get(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<object> {
    return { success: true, data: userView(await this.users.get(placeOf(principal), id)) };
  }

  @Post()
  async create(@CurrentPrincipal() principal: Principal, @Body() user: UserDto): Promise<object> {
    return { success: true, data: userView(await this.users.create(placeOf(principal), user)) };
  }

  @Patch(':id')
  async update(@CurrentPrincipal() principal: Principal, @Param('id') id: string, @Body() changes: UserPatchDto): Promise<object> {
    return { success: true, data: userView(await this.users.update(placeOf(principal), id, changes)) };
  }

  @Delete(':id')
  async delete(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<object> {
    await this.users.delete(placeOf(principal), id);
    return { success: true, message: 'User deleted successfully' };
  }
}

const userView = ({ id, name, email, environment, createdAt }: User): object => ({
  id,
  name,
  email,
  livemode: environment === 'live',
  created_at: isoSeconds(createdAt),
});
