import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CurrentPrincipal, LiveOnly, type Principal, RequireScope } from 'keystile';
import { TestHost } from 'keystile/testing';

@Controller('invoices')
class InvoiceController {
  @Get(':id')
  @RequireScope('invoice.read')
  get(@Param('id') id: string, @CurrentPrincipal() { organizationId }: Principal): object {
    return { id, organizationId };
  }

  @Post()
  @LiveOnly()
  @RequireScope('invoice.create')
  create(): object {
    return { id: 'inv_1' };
  }
}

@Module({ controllers: [InvoiceController] })
class InvoicesModule {}

// What docs/testing.md shows, from here to there.
// begin
describe('invoices', () => {
  let host: TestHost;
  beforeAll(async () => (host = await TestHost.start({ imports: [InvoicesModule] })));
  afterAll(() => host.stop());

  it('are read with a key that may, and with no other', async () => {
    const reader = await host.issueKey({ scopes: ['invoice.read'] });
    const writer = await host.issueKey({ scopes: ['invoice.create'] });
    expect((await host.get('/invoices/7', { as: reader.key })).status).toBe(200);
    expect((await host.get('/invoices/7', { as: writer.key })).status).toBe(403);
  });
});
// end

describe('what else a team may say in a test', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await TestHost.start({ imports: [InvoicesModule] });
  });
  afterAll(() => host.stop());

  it('a key ends on its day', async () => {
    const { key } = await host.issueKey({ scopes: ['invoice.read'], expiresAt: '2026-01-16T10:00:00Z' });
    host.clock.move({ days: 1 });
    expect((await host.get('/invoices/7', { as: key })).body.code).toBe('api_key_expired');
  });

  it('a person does what they may do now, and their keys no more than that', async () => {
    const clerk = host.user('clerk', { scopes: ['invoice.*'] });
    const { key } = await host.issueKey({ scopes: ['invoice.read'] }, clerk);
    expect((await host.post('/invoices', { as: await host.signIn(clerk) })).status).toBe(201);
    host.user('clerk', { scopes: [] });
    expect((await host.post('/invoices', { as: await host.signIn(clerk) })).status).toBe(403);
    expect((await host.get('/invoices/7', { as: key })).status).toBe(403);
    host.user('clerk', { isActive: false });
    expect((await host.get('/invoices/7', { as: key })).body.code).toBe('owner_inactive');
  });

  it('a test key does nothing for real', async () => {
    const { key } = await host.issueKey({ scopes: ['*'], environment: 'test' });
    expect((await host.post('/invoices', { as: key })).body.code).toBe('wrong_environment');
  });

  it('when a key was last used', async () => {
    const { id, key } = await host.issueKey({ scopes: ['invoice.read'] });
    await host.get('/invoices/7', { as: key });
    expect((await host.key(id)).lastUsedAt).toEqual(host.clock.now());
  });
});

it('the test that docs/testing.md shows is this one', () => {
  const [, shown] = /^\/\/ begin\n(.*?)^\/\/ end\n/ms.exec(readFileSync(__filename, 'utf8'))!;
  expect(readFileSync(join(__dirname, '..', 'docs', 'testing.md'), 'utf8')).toContain(shown!.trimEnd());
});
