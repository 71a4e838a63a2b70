import type { ReactNode } from 'react';

import classes from './facts.module.css';

/** What is known of one thing: names and values. What is `undefined` is left out. */
export const Facts = ({ facts }: { readonly facts: ReadonlyArray<readonly [string, ReactNode]> }): ReactNode => (
  <dl className={classes.facts}>
    {facts.map(([name, value]) =>
      value === undefined ? null : (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ),
    )}
  </dl>
);

/** One of them. */
export const fact = (name: string, value: ReactNode): readonly [string, ReactNode] => [name, value];
