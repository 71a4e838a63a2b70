/**
 * For tests. `TestHost` puts a team's own controllers behind Keystile, on a database in memory and a clock that tests move:
 *
 * ```ts
 * const host = await TestHost.start({ imports: [InvoicesModule] });
 * const { key } = await host.issueKey({ scopes: ['invoice.read'] });
 * expect((await host.get('/invoices', { as: key })).status).toBe(200);
 * await host.stop();
 * ```
 *
 * `KeystileApp` is the service itself, on a loopback port and a real database.
 */
export { FixedClock } from './fixed-clock';
export { type Answer, callHttp, type CallOptions } from './http-client';
export { KeystileApp, type TestKey, type TestOptions, type TestPerson } from './keystile-app';
export { type TemporaryDatabase, temporaryDatabase } from './temporary-database';
export { TestHost, type TestHostOptions, type TestUser } from './test-host';
