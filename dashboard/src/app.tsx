import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Router } from 'wouter';

import { Failure, SignedOut } from './api';
import { isLeavingGuarded, useGuardedLocation } from './lib/leave-guard';
import { nonce } from './nonce';
import { BASE } from './paths';
import { Routes } from './routes';
import { hearOtherTabs } from './session';
import { cssVariablesResolver, theme } from './theme';

const Toasts = lazy(() => import('./shell/toasts'));

const RETRIES = 2;

const client: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal is an answer: asking again changes nothing.
      retry: (count, error) => count < RETRIES && error instanceof Failure && (error.status === 0 || error.status >= 502),
    },
  },
});

/** A session that has ended anywhere has ended here: whoever finds out first asks for the sign-in. */
function watchSession(): () => void {
  const endSession = (error: unknown): void => {
    if (error instanceof SignedOut && !isLeavingGuarded()) void client.resetQueries({ queryKey: ['session'] });
  };
  const stops = [
    client.getQueryCache().subscribe(({ type, query }) => {
      if (type === 'updated' && query.queryKey[0] !== 'session' && query.state.status === 'error') endSession(query.state.error);
    }),
    client.getMutationCache().subscribe(({ mutation }) => {
      if (mutation?.state.status === 'error') endSession(mutation.state.error);
    }),
    hearOtherTabs(() => {
      // A secret that nobody has copied stays; the next step finds the session as it is.
      if (isLeavingGuarded()) return;
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      void client.resetQueries({ queryKey: ['session'] });
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

export function App(): ReactNode {
  useEffect(watchSession, []);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={client}>
        <Suspense>
          <Toasts />
        </Suspense>
        {/* oxlint-disable-next-line react/hooks -- wouter takes its source of addresses so */}
        <Router base={BASE} hook={useGuardedLocation}>
          <Routes />
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  );
}
