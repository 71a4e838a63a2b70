import { createContext, lazy, type ReactNode, Suspense, useContext, useState } from 'react';

import type { IssuedKey } from '../api';
import { ScreenSkeleton } from './screen-skeleton';

/** A secret that has just been made, and is shown this once. */
export interface IssuedSecret {
  readonly issued: IssuedKey;
  /** Whether the key is new, or has a new secret only. */
  readonly isNewKey: boolean;
}

const ShowSecretContext = createContext<(secret: IssuedSecret) => void>(() => undefined);

const SecretScreen = lazy(() => import('../screens/secret'));

/** Shows a secret in place of whatever screen is open, until somebody has it. It is kept nowhere else. */
export const useShowSecret = (): ((secret: IssuedSecret) => void) => useContext(ShowSecretContext);

export function IssuedSecretFrame({ children }: { readonly children: ReactNode }): ReactNode {
  const [secret, setSecret] = useState<IssuedSecret | null>(null);
  return (
    <ShowSecretContext value={setSecret}>
      {secret ? (
        <Suspense fallback={<ScreenSkeleton />}>
          <SecretScreen secret={secret} onDone={() => setSecret(null)} />
        </Suspense>
      ) : (
        children
      )}
    </ShowSecretContext>
  );
}
