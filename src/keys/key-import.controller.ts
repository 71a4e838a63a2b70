import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import { callOf, type Principal } from '../common';
import { IdPipe, jsonLinesOf, PageQueryDto, TakesJsonLines } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import {
  CreateKeyImportDto,
  ImportedLinesView,
  KeptLineListView,
  KeyImportListView,
  KeyImportReportView,
  ListImportLinesDto,
} from './key-import.dto';
import { KeyImportService } from './key-import.service';

const ImportId = (): ParameterDecorator => Param('id', new IdPipe('imp'));

@ApiTags('API keys')
@Controller('v1/api-key-imports')
export class KeyImportController {
  constructor(private readonly imports: KeyImportService) {}

  /** Begins an import of keys that another system issued. */
  @Post()
  @RequireScope('api_key.import')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: CreateKeyImportDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyImportReportView> {
    const made = await this.imports.create({ principal, actor }, dto);
    void reply.header('location', `${callOf(request).path}/${made.id}`);
    return made;
  }

  /** Lists the imports of the organization, newest first. */
  @Get()
  @RequireScope('api_key.import')
  list(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<KeyImportListView> {
    return this.imports.list(principal, page);
  }

  /** Tells how an import stands: what was accepted and refused, and how many of its keys have been seen. */
  @Get(':id')
  @RequireScope('api_key.import')
  get(@CurrentPrincipal() principal: Principal, @ImportId() id: string): Promise<KeyImportReportView> {
    return this.imports.get(principal, id);
  }

  /** Lists what became of the lines of an import. */
  @Get(':id/lines')
  @RequireScope('api_key.import')
  lines(@CurrentPrincipal() principal: Principal, @ImportId() id: string, @Query() query: ListImportLinesDto): Promise<KeptLineListView> {
    return this.imports.lines(principal, id, query);
  }

  /** Imports up to 1,000 keys, one JSON object a line, by the hashes of their secrets. Sending lines again does no harm. */
  @Post(':id/lines')
  @HttpCode(200)
  @RequireScope('api_key.import')
  @TakesJsonLines()
  @ApiConsumes('application/x-ndjson')
  @ApiBody({
    schema: {
      type: 'string',
      example: '{"externalId":"7","name":"billing","scopes":["send_sms"],"hash":{"algorithm":"sha256","value":"…"}}',
    },
  })
  async add(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @ImportId() id: string,
    @Req() request: FastifyRequest,
  ): Promise<ImportedLinesView> {
    return this.imports.add({ principal, actor }, id, await jsonLinesOf(request));
  }
}
