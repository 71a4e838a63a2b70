import { Activity, Bot, Building2, ChartColumn, HeartPulse, KeyRound, type LucideIcon, ScrollText, Shapes, Users } from 'lucide-react';

import { hostSignIn, labels } from '../options';
import { paths } from '../paths';
import type { Session } from '../session';

export interface NavigationItem {
  readonly label: string;
  readonly path: string;
  readonly icon: LucideIcon;
  /** What somebody needs to find anything there. */
  readonly scope?: string;
  /** Only for whoever runs the installation. */
  readonly isOperators?: boolean;
}

export interface NavigationSection {
  readonly label: string;
  readonly items: readonly NavigationItem[];
  /** Of people and organizations of our own: a host has its own. */
  readonly isOfPeople?: boolean;
}

const SECTIONS: readonly NavigationSection[] = [
  {
    label: labels.keysSection,
    items: [{ label: labels.keys, path: paths.keys, icon: KeyRound, scope: 'api_key.read' }],
  },
  {
    label: 'Activity',
    items: [
      { label: 'Usage', path: paths.usage, icon: ChartColumn, scope: 'call_log.read' },
      { label: 'Calls', path: paths.calls, icon: Activity, scope: 'call_log.read' },
      { label: 'Audit trail', path: paths.audit, icon: ScrollText, scope: 'audit_event.read' },
    ],
  },
  {
    label: 'People',
    isOfPeople: true,
    items: [
      { label: 'Members', path: paths.members, icon: Users, scope: 'member.read' },
      { label: 'Roles', path: paths.roles, icon: Shapes, scope: 'role.read' },
      { label: 'Service accounts', path: paths.serviceAccounts, icon: Bot, scope: 'service_account.read' },
    ],
  },
  {
    label: 'Organization',
    isOfPeople: true,
    items: [
      { label: 'Settings', path: paths.organization, icon: Building2, scope: 'organization.read' },
      { label: 'Health', path: paths.health, icon: HeartPulse, scope: 'call_log.read' },
    ],
  },
];

/** What this person may see. */
export const navigationFor = ({ may, person }: Session): readonly NavigationSection[] =>
  SECTIONS.filter(({ isOfPeople }) => hostSignIn === undefined || !isOfPeople)
    .map(({ label, items }) => ({
      label,
      items: items.filter(({ scope, isOperators }) => (!scope || may(scope)) && (!isOperators || person.operator)),
    }))
    .filter(({ items }) => items.length > 0);
