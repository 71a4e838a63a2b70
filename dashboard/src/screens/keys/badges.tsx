import { Group, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Key } from '../../api';
import { Code, StatusBadge } from '../../components';
import { formatDay } from '../../lib/time';
import { labels } from '../../options';
import classes from './badges.module.css';
import { isRotationDue, restrictionsOf, standingOf } from './status';

/** How a key stands, and what should be done about it. */
export function KeyBadges({ keyView }: { readonly keyView: Key }): ReactNode {
  const { word, tone, reason } = standingOf(keyView);
  return (
    <Group gap={6}>
      <StatusBadge tone={tone} reason={reason}>
        {word}
      </StatusBadge>
      {isRotationDue(keyView) && (
        <StatusBadge
          tone="warn"
          reason={`Its secret is older than 90 days: rotation was due on ${formatDay(new Date(keyView.rotationDueAt))}.`}
        >
          Rotation due
        </StatusBadge>
      )}
    </Group>
  );
}

const SCOPES_SHOWN = 1;

/** Of keys that are not for production. */
export const TestBadge = ({ keyView }: { readonly keyView: Key }): ReactNode =>
  keyView.environment === 'test' && (
    <Tooltip label={labels.testKeys}>
      <span className={classes.chip}>Test</span>
    </Tooltip>
  );

/** The first scopes; the others when somebody points at their number. */
export function ScopeList({ scopes, shown = SCOPES_SHOWN }: { readonly scopes: readonly string[]; readonly shown?: number }): ReactNode {
  if (scopes.length === 0) return <span className={classes.quiet}>none</span>;
  const rest = scopes.slice(shown);
  return (
    <Group gap={4} wrap={shown === SCOPES_SHOWN ? 'nowrap' : 'wrap'}>
      {scopes.slice(0, shown).map((scope) => (
        <Code key={scope}>{scope}</Code>
      ))}
      {rest.length > 0 && <More count={rest.length} all={rest.join('\n')} />}
    </Group>
  );
}

export function Restrictions({ keyView }: { readonly keyView: Key }): ReactNode {
  const restrictions = restrictionsOf(keyView);
  if (restrictions.length === 0) return <span className={classes.quiet}>none</span>;
  return (
    <Group gap={4}>
      {restrictions.map(([words, all]) => (
        <Tooltip key={words} label={<span className={classes.lines}>{all}</span>}>
          <span className={classes.chip}>{words}</span>
        </Tooltip>
      ))}
    </Group>
  );
}

const More = ({ count, all }: { readonly count: number; readonly all: string }): ReactNode => (
  <Tooltip label={<span className={classes.lines}>{all}</span>}>
    <span className={classes.chip}>+{count}</span>
  </Tooltip>
);
