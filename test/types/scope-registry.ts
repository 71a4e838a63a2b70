import { RequireAnyScope, RequireScope, type Scope } from 'keystile';

// A host declares its scopes; from here on these only are scopes. A project of its own, since that holds for all that is compiled with it.
declare module 'keystile' {
  interface ScopeRegistry {
    send_sms: true;
    'client.read': true;
  }
}

export const scopesOfTheHost: readonly Scope[] = ['send_sms', 'client.read', 'api_key.create'];

// @ts-expect-error -- nobody's scope
export const unknown: Scope = 'invoice.read';

export class SmsController {
  @RequireScope('send_sms', 'client.read')
  send(): void {}

  @RequireAnyScope('client.read')
  list(): void {}

  @RequireScope('api_key.create')
  createKey(): void {}

  // @ts-expect-error -- a typing mistake
  @RequireScope('send_smss')
  misspelt(): void {}

  // @ts-expect-error -- a scope of nobody's
  @RequireAnyScope('client.read', 'invoice.read')
  foreign(): void {}

  // @ts-expect-error -- at least one
  @RequireScope()
  none(): void {}
}
