import { ActionIcon, Text, Tooltip, useMantineColorScheme } from '@mantine/core';
import { BookOpen, Keyboard, Menu as MenuIcon, Moon, Sun, X } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link, useLocation } from 'wouter';

import { docs, hostSignIn, labels } from '../options';
import { useSession } from '../session';
import { AccountMenu } from './account-menu';
import { Brand } from './brand';
import { navigationFor } from './navigation';
import { OrganizationSwitcher } from './organization-switcher';
import classes from './shell.module.css';
import { useShortcuts } from './shortcuts';

const ShortcutHelp = lazy(() => import('./shortcut-help'));

/** Around the screens of signed-in people: where they are, who they are, where else they can go. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const [location] = useLocation();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  /** Where the navigation was opened, in narrow windows: elsewhere it is closed. */
  const [openAt, setOpenAt] = useState<string | null>(null);
  const isOpen = openAt === location;
  useShortcuts(() => setIsHelpOpen(true));
  return (
    <div className={classes.shell}>
      <a className="skip-link" href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <header className={classes.header}>
        <div className={classes.left}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            hiddenFrom="sm"
            aria-label="Navigation"
            aria-expanded={isOpen}
            aria-controls="navigation"
            onClick={() => setOpenAt(isOpen ? null : location)}
          >
            {isOpen ? <X size={18} aria-hidden /> : <MenuIcon size={18} aria-hidden />}
          </ActionIcon>
          <Link href="/" className={classes.brand} aria-label={labels.product}>
            <Brand name={labels.product} />
          </Link>
          {hostSignIn === undefined && <span className={classes.slash} aria-hidden />}
          {hostSignIn === undefined && <OrganizationSwitcher />}
        </div>
        <div className={classes.right}>
          <Tooltip label="Keyboard shortcuts (?)">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label="Keyboard shortcuts"
              onClick={() => setIsHelpOpen(true)}
              visibleFrom="sm"
            >
              <Keyboard size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <SchemeToggle />
          {hostSignIn === undefined && <AccountMenu />}
        </div>
      </header>
      <nav className={classes.navbar} id="navigation" aria-label="Dashboard" data-open={isOpen || undefined}>
        <div className={classes.sections}>
          <Navigation location={location} />
        </div>
        <div className={classes.foot}>
          <a href={docs} className={classes.link}>
            <BookOpen size={16} aria-hidden />
            Documentation
          </a>
        </div>
      </nav>
      <main id="content" tabIndex={-1} className={classes.main}>
        <div className={classes.content}>{children}</div>
      </main>
      {isHelpOpen && (
        <Suspense>
          <ShortcutHelp onClose={() => setIsHelpOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Navigation({ location }: { readonly location: string }): ReactNode {
  const session = useSession();
  return navigationFor(session).map(({ label, items }) => (
    <div key={label} className={classes.section}>
      <Text className={classes.sectionLabel}>{label}</Text>
      {items.map(({ label: name, path, icon: Icon }) => (
        <Link
          key={path}
          href={path}
          className={classes.link}
          aria-current={location === path || location.startsWith(`${path}/`) ? 'page' : undefined}
        >
          <Icon size={16} aria-hidden />
          {name}
        </Link>
      ))}
    </div>
  ));
}

function SchemeToggle(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark = colorScheme === 'dark' || (colorScheme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  const label = isDark ? 'Light colours' : 'Dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
        {isDark ? <Sun size={17} aria-hidden /> : <Moon size={17} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

/** Without the fragment in the address: fragments are one-time tokens. */
function skipToContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
