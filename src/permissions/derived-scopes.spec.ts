import { derivedScopes, singular } from './derived-scopes';

describe('the scope of a route that names none', () => {
  it.each([
    ['C17', 'GET', '/api/v1/clients', ['client.read', 'clients.read']],
    ['C17', 'GET', '/api/v1/clients/:id', ['client.read', 'clients.read']],
    ['C18', 'HEAD', '/clients', ['client.read', 'clients.read']],
    ['C18', 'POST', '/clients', ['client.create', 'clients.create']],
    ['C18', 'PUT', '/invoices/:id', ['invoice.update', 'invoices.update']],
    ['C18', 'PATCH', '/invoices/:id', ['invoice.update', 'invoices.update']],
    ['C18', 'DELETE', '/invoices/:id/lines/:line', ['invoice.delete', 'invoices.delete']],
    ['C17', 'GET', '/api/api-keys', ['api_key.read', 'api_keys.read']],
  ])('%s is that of its method and path: %s %s', (_id, method, path, scopes) => {
    expect(derivedScopes(method, path, 'both')).toEqual(scopes);
  });

  it('C14 is written in the singular or in the plural, as the system says', () => {
    expect(derivedScopes('GET', '/clients', 'singular')).toEqual(['client.read']);
    expect(derivedScopes('GET', '/clients', 'plural')).toEqual(['clients.read']);
  });

  it.each([
    ['OPTIONS', '/clients'],
    ['ALL', '/clients'],
    ['GET', '/'],
    ['GET', '/api/v1'],
    ['GET', '/:anything'],
    ['GET', '*'],
  ])('is unknown for %s %s', (method, path) => {
    expect(derivedScopes(method, path, 'both')).toBeUndefined();
  });

  it.each([
    ['clients', 'client'],
    ['companies', 'company'],
    ['addresses', 'address'],
    ['boxes', 'box'],
    ['invoices', 'invoice'],
    ['statuses', 'status'],
    ['status', 'status'],
    ['analysis', 'analysis'],
    ['news_items', 'news_item'],
    ['pies', 'pie'],
    ['access', 'access'],
    ['analytics', 'analytic'],
  ])('%s is the plural of %s', (plural, one) => {
    expect(singular(plural)).toBe(one);
  });
});
