import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';

import { ErrorPanel } from './components/error-panel';
import { hostSignIn } from './options';
import { pattern, paths, type ScreenName } from './paths';
import { SessionProvider, useLoadedSession } from './session';
import { IssuedSecretFrame } from './shell/issued-secret';
import { OpenFrame } from './shell/open-frame';
import { ScreenSkeleton } from './shell/screen-skeleton';
import { Shell } from './shell/shell';

const screen = (load: () => Promise<{ default: ComponentType }>): ComponentType => lazy(load);

/** For everybody. */
const OPEN_SCREENS: ReadonlyArray<readonly [ScreenName, ComponentType]> = [
  ['setup', screen(() => import('./screens/setup'))],
  ['acceptInvitation', screen(() => import('./screens/accept-invitation'))],
  ['forgotPassword', screen(() => import('./screens/forgot-password'))],
  ['resetPassword', screen(() => import('./screens/reset-password'))],
];

/** For whoever is signed in; anybody else is asked to sign in, at the same address. The first one that matches is shown. */
const SCREENS: ReadonlyArray<readonly [ScreenName, ComponentType]> = [
  ['keys', screen(() => import('./screens/keys'))],
  ['newKey', screen(() => import('./screens/new-key'))],
  ['key', screen(() => import('./screens/key'))],
  ['usage', screen(() => import('./screens/usage'))],
  ['calls', screen(() => import('./screens/calls'))],
  ['call', screen(() => import('./screens/call'))],
  ['audit', screen(() => import('./screens/audit'))],
  ['auditEvent', screen(() => import('./screens/audit-event'))],
  ['members', screen(() => import('./screens/members'))],
  ['roles', screen(() => import('./screens/roles'))],
  ['serviceAccounts', screen(() => import('./screens/service-accounts'))],
  ['organization', screen(() => import('./screens/organization'))],
  ['health', screen(() => import('./screens/health'))],
  ['account', screen(() => import('./screens/account'))],
];

const SignInScreen = screen(() => import('./screens/sign-in'));
const NotFoundScreen = screen(() => import('./screens/not-found'));

export const Routes = (): ReactNode => (
  <Switch>
    {OPEN_SCREENS.map(([name, Screen]) => (
      <Route key={name} path={pattern(name)}>
        <OpenFrame>
          <Screen />
        </OpenFrame>
      </Route>
    ))}
    <Route>
      <SessionScreens />
    </Route>
  </Switch>
);

function SessionScreens(): ReactNode {
  const { session, error } = useLoadedSession();
  const [location] = useLocation();
  if (error) {
    return (
      <OpenFrame>
        <ErrorPanel error={error} onRetry={() => window.location.reload()} />
      </OpenFrame>
    );
  }
  if (session === undefined) return <ScreenSkeleton />;
  if (session === null) {
    if (hostSignIn !== undefined) return <ToHostSignIn path={hostSignIn} />;
    return (
      <OpenFrame>
        <SignInScreen />
      </OpenFrame>
    );
  }
  return (
    <SessionProvider session={session}>
      <Shell>
        <IssuedSecretFrame>
          <Suspense key={location} fallback={<ScreenSkeleton />}>
            <Switch>
              <Route path={pattern('home')}>
                <Redirect to={paths.keys} replace />
              </Route>
              {SCREENS.map(([name, Screen]) => (
                <Route key={name} path={pattern(name)} component={Screen} />
              ))}
              <Route component={NotFoundScreen} />
            </Switch>
          </Suspense>
        </IssuedSecretFrame>
      </Shell>
    </SessionProvider>
  );
}

/** Whoever is not signed in at the host goes there, and comes back. */
function ToHostSignIn({ path }: { readonly path: string }): ReactNode {
  useEffect(() => {
    const target = new URL(path, window.location.origin);
    target.searchParams.set('next', window.location.pathname + window.location.search);
    window.location.replace(target);
  }, [path]);
  return <ScreenSkeleton />;
}
