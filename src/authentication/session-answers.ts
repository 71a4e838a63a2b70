import { applyDecorators, Header, Inject, Injectable } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, refs } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { SESSION_LIFETIME_MS, type SignedIn } from '../organizations';
import { ACCESS_TOKEN_SECONDS, AccessTokens } from './access-token';
import { clearSessionCookies, setSessionCookies } from './session-cookies';
import { SignedInView, TokenView, type Transport } from './session.dto';
import { SESSIONS_OPTIONS, type SessionsOptions, usesSecureCookies } from './sessions-options';

/** On a route whose answer begins or renews a session. The status stands there once more, where the OpenAPI plugin looks for it. */
export const AnswersWithSession = (status: 200 | 201): MethodDecorator =>
  applyDecorators(
    Header('cache-control', 'no-store'),
    ApiExtraModels(SignedInView, TokenView),
    ApiResponse({ status, schema: { oneOf: refs(SignedInView, TokenView) } }),
  );

/** Hands out the tokens of a session: in cookies that no script can read, or in the answer. */
@Injectable()
export class SessionAnswers {
  private readonly secure: boolean;

  constructor(
    private readonly tokens: AccessTokens,
    @Inject(SESSIONS_OPTIONS) options: SessionsOptions,
  ) {
    this.secure = usesSecureCookies(options);
  }

  async answer(reply: FastifyReply, signedIn: SignedIn, transport: Transport): Promise<SignedInView | TokenView> {
    const { user, organizationId, sessionId, refreshToken } = signedIn;
    const accessToken = await this.tokens.sign({ sub: user.id, org: organizationId, sid: sessionId });
    const expiresIn = ACCESS_TOKEN_SECONDS;
    if (transport === 'bearer') return { accessToken, tokenType: 'Bearer', expiresIn, refreshToken };
    const lifetimes = { accessSeconds: expiresIn, refreshSeconds: SESSION_LIFETIME_MS / 1_000 };
    void reply.header('set-cookie', setSessionCookies({ accessToken, refreshToken }, lifetimes, this.secure));
    const { id, email, name, operator } = user;
    return { user: { id, email: email ?? '', name, operator: operator === true }, organizationId, expiresIn };
  }

  clear(reply: FastifyReply): void {
    void reply.header('set-cookie', clearSessionCookies(this.secure));
  }
}
