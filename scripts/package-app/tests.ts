import { Controller, Get } from '@nestjs/common';
import { RequireScope } from 'keystile';
import { TestHost } from 'keystile/testing';
import { equal } from 'node:assert/strict';
import { test } from 'node:test';

@Controller('invoices')
class InvoiceController {
  @Get()
  @RequireScope('invoice.read')
  list(): object {
    return [];
  }
}

void test('invoices are for keys that may read them, and not for ever', async () => {
  const host = await TestHost.start({ controllers: [InvoiceController] });
  const { key } = await host.issueKey({ scopes: ['invoice.read'], expiresAt: '2026-02-01T00:00:00Z' });
  equal((await host.get('/invoices')).status, 401);
  equal((await host.get('/invoices', { as: key })).status, 200);
  host.clock.move({ days: 30 });
  equal((await host.get('/invoices', { as: key })).body['message'], 'API key has expired');
  await host.stop();
});
