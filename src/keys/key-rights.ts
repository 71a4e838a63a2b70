import { Inject, Injectable } from '@nestjs/common';

import { compactScopes, intersectScopes } from '../permissions';
import { KEYS_OPTIONS, type KeysOptions } from './keys-options';

/** What keys may do, by the system's own rule for it. */
@Injectable()
export class KeyRights {
  /** Whether a key may do whatever its owner may, so that its scopes decide nothing. */
  readonly areTheOwners: boolean;

  private readonly implied: Readonly<Record<string, readonly string[]>>;

  constructor(@Inject(KEYS_OPTIONS) { permissionSource = 'scopes', impliedScopes = {} }: KeysOptions) {
    this.areTheOwners = permissionSource !== 'scopes';
    this.implied = impliedScopes;
  }

  /** What a key with these scopes may do now that its owner may do that. */
  now(scopes: readonly string[], ownerScopes: readonly string[]): string[] {
    return this.areTheOwners ? compactScopes(ownerScopes) : intersectScopes(this.meant(scopes), ownerScopes);
  }

  /** The scopes that these stand for. */
  meant(scopes: readonly string[]): string[] {
    return scopes.flatMap((scope) => (Object.hasOwn(this.implied, scope) ? this.implied[scope]! : [scope]));
  }

  /** Of a key that is made without a word about its scopes. */
  get unsaid(): string[] {
    return this.areTheOwners ? ['*'] : [];
  }
}
