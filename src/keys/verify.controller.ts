import { Body, Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { callOf, type Principal, PROBLEMS } from '../common';
import { CurrentPrincipal, covers, RequireScope } from '../permissions';
import { factsOf } from './call-facts';
import { VerificationView, VerifyKeyDto } from './key.dto';
import { KeyVerifier, type Verification } from './key-verifier';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class VerifyController {
  constructor(private readonly verifier: KeyVerifier) {}

  /** Tells whether a key of this organization is valid, and for the call described in `request` if one is. */
  @Post('verify')
  @HttpCode(200)
  @RequireScope('api_key.verify')
  @Header('cache-control', 'no-store')
  async verify(
    @CurrentPrincipal() { organizationId }: Principal,
    @Body() dto: VerifyKeyDto,
    @Req() request: FastifyRequest,
  ): Promise<VerificationView> {
    const verification = await this.verifier.verify(dto.key, factsOf(dto.request), { organizationId });
    const view = verificationView(verification, dto.scopes ?? []);
    const call = callOf(request);
    call.subjectKeyId = verification.key?.id ?? null;
    // The answer is a 200 either way; reports about the verified key have to tell a no from a yes.
    if (!view.valid) call.code = view.code;
    return view;
  }
}

/** A key that matched shows who it is, also where it is refused: the asker presented the whole secret. */
function verificationView(verification: Verification, requiredScopes: readonly string[]): VerificationView {
  const who = verification.outcome === 'valid' ? verification.principal : verification.suspect;
  const scopes = verification.outcome === 'valid' ? verification.principal.scopes : [];
  const code =
    verification.outcome === 'valid' && !requiredScopes.every((scope) => covers(scopes, scope))
      ? 'insufficient_scope'
      : verification.outcome;
  const { key } = verification;
  return {
    valid: code === 'valid',
    code,
    message: code === 'valid' ? null : PROBLEMS[code].message,
    keyId: who?.id ?? null,
    name: who?.keyName ?? null,
    owner: key && { type: key.ownerType, id: key.ownerId },
    organizationId: who?.organizationId ?? null,
    scopes,
    environment: who?.environment ?? null,
    expiresAt: key?.expiresAt ?? null,
    metadata: key?.metadata ?? {},
  };
}
