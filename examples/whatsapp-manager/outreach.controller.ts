import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Length } from 'class-validator';
import { CurrentPrincipal, type Principal, RequireScope } from 'keystile';

import { moment, type Success, success } from './answers';
import { Campaign, Flow, Template } from './manager.entity';
import { Outreach } from './outreach';

class CreateTemplateDto {
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  @IsString()
  @Length(1, 1024)
  readonly body!: string;
}

class CreateFlowDto {
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 500, { each: true })
  readonly steps!: string[];
}

class CreateCampaignDto {
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  @IsString()
  @Length(36, 36)
  readonly template_id!: string;
}

/** Template and flow management, campaign management. */
@Controller('api')
export class OutreachController {
  constructor(private readonly outreach: Outreach) {}

  @Get('templates')
  @RequireScope('template.read')
  async templates(@CurrentPrincipal() { organizationId }: Principal): Promise<Success<object[]>> {
    return success((await this.outreach.list(Template, organizationId)).map(templateView));
  }

  @Post('templates')
  @RequireScope('template.create')
  async createTemplate(
    @CurrentPrincipal() { organizationId }: Principal,
    @Body() { name, body }: CreateTemplateDto,
  ): Promise<Success<object>> {
    return success(templateView(await this.outreach.createTemplate(organizationId, name, body)));
  }

  @Delete('templates/:id')
  @RequireScope('template.delete')
  async deleteTemplate(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<Success<object>> {
    await this.outreach.delete(Template, organizationId, id);
    return success({ message: 'Template deleted successfully' });
  }

  @Get('flows')
  @RequireScope('flow.read')
  async flows(@CurrentPrincipal() { organizationId }: Principal): Promise<Success<object[]>> {
    return success((await this.outreach.list(Flow, organizationId)).map(flowView));
  }

  @Post('flows')
  @RequireScope('flow.create')
  async createFlow(@CurrentPrincipal() { organizationId }: Principal, @Body() { name, steps }: CreateFlowDto): Promise<Success<object>> {
    return success(flowView(await this.outreach.createFlow(organizationId, name, steps)));
  }

  @Delete('flows/:id')
  @RequireScope('flow.delete')
  async deleteFlow(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<Success<object>> {
    await this.outreach.delete(Flow, organizationId, id);
    return success({ message: 'Flow deleted successfully' });
  }

  @Get('campaigns')
  @RequireScope('campaign.read')
  async campaigns(@CurrentPrincipal() { organizationId }: Principal): Promise<Success<object[]>> {
    return success((await this.outreach.list(Campaign, organizationId)).map(campaignView));
  }

  @Post('campaigns')
  @RequireScope('campaign.create')
  async createCampaign(
    @CurrentPrincipal() { organizationId }: Principal,
    @Body() { name, template_id: templateId }: CreateCampaignDto,
  ): Promise<Success<object>> {
    return success(campaignView(await this.outreach.createCampaign(organizationId, name, templateId)));
  }

  @Post('campaigns/:id/start')
  @HttpCode(200)
  @RequireScope('campaign.start')
  async start(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<Success<object>> {
    const { campaign, recipients } = await this.outreach.start(organizationId, id);
    return success({ ...campaignView(campaign), recipients });
  }
}

const templateView = ({ id, name, body }: Template): object => ({ id, name, body });
const flowView = ({ id, name, steps }: Flow): object => ({ id, name, steps });
const campaignView = ({ id, name, templateId, status, createdAt }: Campaign): object => ({
  id,
  name,
  template_id: templateId,
  status,
  created_at: moment(createdAt),
});
