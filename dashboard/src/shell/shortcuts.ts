import { useHotkeys } from '@mantine/hooks';
import { useLocation } from 'wouter';

import { createKeyAt } from '../options';
import { paths } from '../paths';
import { useSession } from '../session';

const isDialogOpen = (): boolean => document.querySelector('[role="dialog"]') !== null;

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  if (!field || isDialogOpen()) return;
  event.preventDefault();
  field.focus();
  field.select();
}

/** Keys that do something on every screen, where nobody is writing. */
export function useShortcuts(showHelp: () => void): void {
  const [, navigate] = useLocation();
  const { may } = useSession();
  const help = (): void => {
    if (!isDialogOpen()) showHelp();
  };
  useHotkeys([
    ['c', () => !isDialogOpen() && may('api_key.create') && !createKeyAt && navigate(paths.newKey)],
    ['/', focusSearch, { preventDefault: false }],
    ['shift+?', help],
    ['?', help],
  ]);
}
