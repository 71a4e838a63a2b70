import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { randomBytes } from 'node:crypto';

import { type IdPrefix, isId, notFound } from '../common';
import { Public } from '../permissions';
import { type Encoding, ENCODINGS, PageFiles } from './page-files';
import { PAGE_PATHS } from './page-paths';

/** What Fastify and Express call alike. */
interface Reply {
  send(body: Buffer | string): unknown;
}

/** Ids in the paths of screens, and of what. */
const ID_PREFIXES: Readonly<Record<string, IdPrefix>> = { keyId: 'key', requestId: 'req', eventId: 'evt' };

/** Whatever else people may type: no screen is deeper than two. Fastify and Express have no wildcard that both read. */
const OTHER_PATHS = [':first', ':first/:second', ':first/:second/:third'];

const NONCE_BYTES = 16;

/**
 * Scripts are files of our own, styles are too or carry the nonce of this answer, requests go to our own API, and nobody frames the page.
 */
const securityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * The dashboard: one page for everybody, which signs in and does everything else through the public API. Public, because there is
 * nothing in it to protect.
 */
@ApiExcludeController()
@Controller('api-management')
@Public()
export class DashboardController {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(PageFiles) private readonly files: PageFiles,
  ) {}

  /** @param query whatever a mail program or an analyst hangs on a link */
  @Get(Object.values(PAGE_PATHS))
  showPage(
    @Param() ids: Record<string, string>,
    @Query() query: unknown,
    @Headers('accept') accepted: string | undefined,
    @Res() reply: Reply,
  ): void {
    if (Object.entries(ids).some(([name, id]) => !isId(ID_PREFIXES[name]!, id))) return this.showNothing(query, accepted, reply);
    this.sendPage(reply);
  }

  @Get('assets/:name')
  showAsset(@Param('name') name: string, @Headers('accept-encoding') accepted: string | undefined, @Res() reply: Reply): void {
    const file = this.files.find(name);
    if (!file) throw notFound();
    const encoding = ENCODINGS.find((one) => file.compressed[one] && isAccepted(one, accepted));
    this.answer(reply, encoding ? file.compressed[encoding]! : file.bytes, {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      ...(encoding ? { 'content-encoding': encoding } : {}),
    });
  }

  /** People who mistyped an address see so in the page, around which everything else is still there; programs get a problem. */
  @Get(OTHER_PATHS)
  showNothing(@Query() _query: unknown, @Headers('accept') accepted = '', @Res() reply: Reply): void {
    if (!accepted.includes('text/html')) throw notFound();
    this.host.httpAdapter.status(reply, 404);
    this.sendPage(reply);
  }

  private sendPage(reply: Reply): void {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    this.answer(reply, this.files.html(nonce), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': securityPolicy(nonce),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  }

  private answer(reply: Reply, body: Buffer | string, headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) this.host.httpAdapter.setHeader(reply, name, value);
    reply.send(body);
  }
}

/** Whether `Accept-Encoding` names it, and does not refuse it. */
const isAccepted = (encoding: Encoding, accepted = ''): boolean =>
  accepted.split(',').some((offer) => {
    const [name, weight = 'q=1'] = offer.split(';').map((part) => part.trim());
    return name === encoding && Number(weight.slice(2)) > 0;
  });
