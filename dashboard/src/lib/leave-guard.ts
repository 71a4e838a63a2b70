import { useEffect } from 'react';
import { type BaseLocationHook } from 'wouter';
import { navigate, useBrowserLocation } from 'wouter/use-browser-location';

/**
 * Something on the page would be lost by leaving it: links, the back button, and closing the window ask first. One at a time.
 */
interface Guard {
  /** Asks; `leave` goes where somebody wanted to. */
  readonly ask: (leave: () => void) => void;
}

let guard: Guard | undefined;
let guardedAddress = '';

const address = (): string => location.pathname + location.search + location.hash;

window.addEventListener('beforeunload', (event) => {
  if (guard) event.preventDefault();
});

// Before the router hears of it: the address is put back, and the question asked.
window.addEventListener(
  'popstate',
  (event) => {
    if (!guard || address() === guardedAddress) return;
    event.stopImmediatePropagation();
    const wanted = address();
    history.pushState(null, '', guardedAddress);
    const { ask } = guard;
    ask(() => {
      guard = undefined;
      navigate(wanted);
    });
  },
  { capture: true },
);

/** The router's, which asks the guard first. */
export const useGuardedLocation: BaseLocationHook = (() => {
  const [path, go] = useBrowserLocation();
  const guarded = (to: string | URL, options?: { replace?: boolean; state?: unknown }): void => {
    if (!guard) return go(to, options);
    guard.ask(() => {
      guard = undefined;
      go(to, options);
    });
  };
  return [path, guarded];
}) as BaseLocationHook;

/** Whether a question stands in the way. */
export const isLeavingGuarded = (): boolean => guard !== undefined;

/** Guards the page while `isOn`. */
export function useLeaveGuard(isOn: boolean, ask: Guard['ask']): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const own: Guard = { ask };
    guard = own;
    guardedAddress = address();
    return () => {
      if (guard === own) guard = undefined;
    };
  }, [isOn, ask]);
}
