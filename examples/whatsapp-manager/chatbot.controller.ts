import { Body, Controller, Get, Put } from '@nestjs/common';
import { IsBoolean, IsString, Length } from 'class-validator';
import { CurrentPrincipal, type Principal, RequireScope } from 'keystile';
import { DataSource, IsNull, Not } from 'typeorm';

import { type Success, success } from './answers';
import { Campaign, ChatbotSettings, Contact, Message } from './manager.entity';

class ChatbotSettingsDto {
  @IsBoolean()
  readonly is_enabled!: boolean;

  @IsString()
  @Length(1, 1024)
  readonly greeting!: string;
}

/** Chatbot configuration, analytics access. */
@Controller('api')
export class ChatbotController {
  constructor(private readonly database: DataSource) {}

  @Get('chatbot/settings')
  @RequireScope('chatbot.read')
  async settings(@CurrentPrincipal() { organizationId }: Principal): Promise<Success<object>> {
    const settings = await this.database.getRepository(ChatbotSettings).findOneBy({ organizationId });
    return success({ is_enabled: settings?.isEnabled ?? false, greeting: settings?.greeting ?? '' });
  }

  @Put('chatbot/settings')
  @RequireScope('chatbot.update')
  async configure(@CurrentPrincipal() { organizationId }: Principal, @Body() dto: ChatbotSettingsDto): Promise<Success<object>> {
    const settings = { organizationId, isEnabled: dto.is_enabled, greeting: dto.greeting };
    await this.database.getRepository(ChatbotSettings).upsert(settings, ['organizationId']);
    return success({ is_enabled: dto.is_enabled, greeting: dto.greeting });
  }

  @Get('analytics')
  @RequireScope('analytics.read')
  async analytics(@CurrentPrincipal() { organizationId }: Principal): Promise<Success<object>> {
    const contacts = this.database.getRepository(Contact);
    const messages = this.database.getRepository(Message);
    return success({
      contacts: await contacts.countBy({ organizationId }),
      assigned_contacts: await contacts.countBy({ organizationId, assignedUserId: Not(IsNull()) }),
      messages: await messages.countBy({ organizationId }),
      campaign_messages: await messages.countBy({ organizationId, campaignId: Not(IsNull()) }),
      campaigns_started: await this.database.getRepository(Campaign).countBy({ organizationId, status: 'started' }),
    });
  }
}
