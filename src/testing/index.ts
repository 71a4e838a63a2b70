/**
 * For tests: the real service on a loopback port, a real database, a clock that tests move, and verbs that tell a story.
 *
 * ```ts
 * const app = await KeystileApp.start();
 * const { key } = await app.issueKey({ scopes: ['send_sms'] });
 * expect((await app.post('/sms', { as: key, body: { to: '+491701234567', text: 'hi' } })).status).toBe(202);
 * await app.stop();
 * ```
 */
export { FixedClock } from './fixed-clock';
export { type Answer, callHttp, type CallOptions } from './http-client';
export { KeystileApp, type TestKey, type TestOptions, type TestPerson } from './keystile-app';
export { type TemporaryDatabase, temporaryDatabase } from './temporary-database';
