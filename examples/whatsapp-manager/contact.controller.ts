import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { IsString, Length, Matches, ValidateIf } from 'class-validator';
import { CurrentPrincipal, type Principal, RequireScope } from 'keystile';

import { moment, type Success, success } from './answers';
import { Contacts } from './contacts';
import { ListContactsDto, ListDto } from './list.dto';
import type { Contact, Message } from './manager.entity';

class NameDto {
  @IsString()
  @Length(1, 100)
  readonly name!: string;
}

class CreateContactDto extends NameDto {
  @Matches(/^\+[1-9]\d{6,14}$/, { message: 'must be a number such as +491701234567' })
  readonly phone!: string;
}

class AssignDto {
  @ValidateIf((_dto, value) => value !== null)
  @IsString()
  @Length(36, 36)
  readonly user_id!: string | null;
}

class SendMessageDto {
  @IsString()
  @Length(1, 4096)
  readonly content!: string;
}

/** Contact management and assignment, message sending. */
@Controller('api/contacts')
export class ContactController {
  constructor(private readonly contacts: Contacts) {}

  @Get()
  @RequireScope('contact.read')
  async list(@CurrentPrincipal() { organizationId }: Principal, @Query() query: ListContactsDto): Promise<Success<object[]>> {
    return success((await this.contacts.list(organizationId, query)).map(view));
  }

  @Post()
  @RequireScope('contact.create')
  async create(@CurrentPrincipal() { organizationId }: Principal, @Body() { name, phone }: CreateContactDto): Promise<Success<object>> {
    return success(view(await this.contacts.create(organizationId, name, phone)));
  }

  @Get(':id')
  @RequireScope('contact.read')
  async get(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<Success<object>> {
    return success(view(await this.contacts.get(organizationId, id)));
  }

  @Put(':id')
  @RequireScope('contact.update')
  async rename(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
    @Body() { name }: NameDto,
  ): Promise<Success<object>> {
    return success(view(await this.contacts.rename(organizationId, id, name)));
  }

  @Delete(':id')
  @RequireScope('contact.delete')
  async delete(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<Success<object>> {
    await this.contacts.delete(organizationId, id);
    return success({ message: 'Contact deleted successfully' });
  }

  @Put(':id/assign')
  @RequireScope('contact.assign')
  async assign(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
    @Body() { user_id: userId }: AssignDto,
  ): Promise<Success<object>> {
    return success(view(await this.contacts.assign(organizationId, id, userId)));
  }

  @Get(':id/messages')
  @RequireScope('message.read')
  async messages(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
    @Query() query: ListDto,
  ): Promise<Success<object[]>> {
    return success((await this.contacts.messagesOf(organizationId, id, query)).map(messageView));
  }

  @Post(':id/messages')
  @RequireScope('message.create')
  async send(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
    @Body() { content }: SendMessageDto,
  ): Promise<Success<object>> {
    return success(messageView(await this.contacts.send(organizationId, id, content)));
  }
}

const view = ({ id, name, phone, assignedUserId, createdAt }: Contact): object => ({
  id,
  name,
  phone,
  assigned_user_id: assignedUserId,
  created_at: moment(createdAt),
});

const messageView = ({ id, contactId, campaignId, content, status, createdAt }: Message): object => ({
  id,
  contact_id: contactId,
  campaign_id: campaignId,
  content,
  status,
  created_at: moment(createdAt),
});
