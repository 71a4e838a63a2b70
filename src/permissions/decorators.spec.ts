import { Delete, Get, Patch, Post } from '@nestjs/common';

import { accessOf, Authenticated, LiveOnly, Public, RequireAnyScope, RequireScope, Resource } from './decorators';
import { missingScopes, type RouteAccess, whatBars } from './route-access';

@RequireScope('class.scope')
class Scoped {
  @Get() plain(): void {}
  @Get() @RequireScope('method.scope') both(): void {}
  @Get() @RequireAnyScope('a', 'b') either(): void {}
  @Get() @Public() open(): void {}
  @Get() @Authenticated('user') people(): void {}
  @Get() @LiveOnly() live(): void {}
}

@Resource('client')
class Clients {
  @Get() list(): void {}
  @Post() create(): void {}
  @Patch() update(): void {}
  @Delete() remove(): void {}
  @Post() @RequireScope('api_key.rotate') rotate(): void {}
}

class Silent {
  @Get() nothing(): void {}
}

const access = (controller: object, handler: object, method = 'GET'): RouteAccess | undefined => accessOf(controller, handler, method);
const scopes = (all: string[], anyOf: string[][] = [], liveOnly = false): RouteAccess => ({ kind: 'scopes', all, anyOf, liveOnly });

describe('who may call a route', () => {
  it('adds up what class and method name', () => {
    expect(access(Scoped, Scoped.prototype.plain)).toEqual(scopes(['class.scope']));
    expect(access(Scoped, Scoped.prototype.both)).toEqual(scopes(['method.scope', 'class.scope']));
    expect(access(Scoped, Scoped.prototype.either)).toEqual(scopes(['class.scope'], [['a', 'b']]));
    expect(access(Scoped, Scoped.prototype.live)).toEqual(scopes(['class.scope'], [], true));
  });

  it('lets a method open what its class closes', () => {
    expect(access(Scoped, Scoped.prototype.open)).toEqual({ kind: 'public' });
    expect(access(Scoped, Scoped.prototype.people)).toEqual({ kind: 'authenticated', only: 'user', liveOnly: false });
  });

  it('C18 follows from the resource and the method, unless the route names its scope', () => {
    expect(access(Clients, Clients.prototype.list, 'GET')).toEqual(scopes(['client.read']));
    expect(access(Clients, Clients.prototype.list, 'HEAD')).toEqual(scopes(['client.read']));
    expect(access(Clients, Clients.prototype.create, 'POST')).toEqual(scopes(['client.create']));
    expect(access(Clients, Clients.prototype.update, 'PATCH')).toEqual(scopes(['client.update']));
    expect(access(Clients, Clients.prototype.remove, 'DELETE')).toEqual(scopes(['client.delete']));
    expect(access(Clients, Clients.prototype.rotate, 'POST')).toEqual(scopes(['api_key.rotate']));
  });

  it('is unsaid on a route without a decorator', () => {
    expect(access(Silent, Silent.prototype.nothing)).toBeUndefined();
  });

  it('asks for all of one list and one of each other', () => {
    const route = scopes(['x'], [['a', 'b']]);
    expect(missingScopes(route, ['x', 'b'])).toBeNull();
    expect(missingScopes(route, ['a', 'b'])).toEqual({ scopes: ['x'], anyOf: false });
    expect(missingScopes(route, ['x'])).toEqual({ scopes: ['a', 'b'], anyOf: true });
  });

  it('A06 gives a key no right of people by a wildcard, also where one of several is asked for', () => {
    const forPeople = (scope: string): boolean => scope === 'organization.delete';
    const either = scopes([], [['organization.delete', 'member.read']]);
    expect(whatBars(either, { type: 'api_key', scopes: ['organization.*'] }, forPeople)).toEqual({
      scopes: ['organization.delete', 'member.read'],
      anyOf: true,
    });
    expect(whatBars(either, { type: 'api_key', scopes: ['*'] }, forPeople)).toBeNull();
    expect(whatBars(either, { type: 'user', scopes: ['organization.*'] }, forPeople)).toBeNull();
    expect(whatBars(scopes(['organization.delete']), { type: 'api_key', scopes: ['*'] }, forPeople)).toEqual({
      scopes: ['organization.delete'],
      anyOf: false,
    });
  });

  it('refuses scopes outside the grammar when the class is loaded', () => {
    expect(() => RequireScope('Send SMS')).toThrow('Not a scope');
  });
});
