import { operationId } from './operation-id';

describe('the name of an operation', () => {
  it.each([
    ['list', '/v1/api-keys', 'listApiKeys'],
    ['create', '/v1/api-keys', 'createApiKey'],
    ['rotate', '/v1/api-keys/{id}/rotate', 'rotateApiKey'],
    ['current', '/v1/api-keys/current', 'getCurrentApiKey'],
    ['revokeCurrent', '/v1/api-keys/current/revoke', 'revokeCurrentApiKey'],
    ['get', '/v1/users/me', 'getCurrentUser'],
    ['changePassword', '/v1/users/me/password', 'changePassword'],
    ['forgot', '/v1/auth/forgot-password', 'forgotPassword'],
    ['login', '/v1/auth/login', 'login'],
    ['whoami', '/v1/whoami', 'whoami'],
    ['send', '/sms', 'sendSms'],
    ['uploadHeaderImage', '/whatsapp/upload-header-image', 'uploadHeaderImage'],
    ['getLiveness', '/health/live', 'getLiveness'],
    ['export', '/v1/call-logs/export', 'exportCallLogs'],
  ])('of %s at %s is %s', (handler, path, name) => {
    expect(operationId(handler, path)).toBe(name);
  });
});
