import type { ReactNode } from 'react';

import classes from './code.module.css';
import { CopyButton } from './copy-button';

/** A short piece of code in a line; with `copy` a button copies it. */
export const Code = ({
  children,
  copy,
  text = children,
}: {
  readonly children: string;
  /** What is copied: `Copy the id`. */ readonly copy?: string;
  /** The whole of it, where only its beginning is shown. */ readonly text?: string;
}): ReactNode => (
  <span className={classes.inline}>
    <code className={classes.code}>{children}</code>
    {copy && <CopyButton text={text} label={copy} />}
  </span>
);

/** Lines for a terminal or a program, with a button that copies them. */
export const CodeBlock = ({
  children,
  label,
}: {
  readonly children: string;
  /** What it is: `Command`. */ readonly label: string;
}): ReactNode => (
  <div className={classes.block}>
    {/* Long lines scroll, and by keyboard, too. */}
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keyboard */}
    <pre tabIndex={0} aria-label={label}>
      <code>{children}</code>
    </pre>
    <div className={classes.corner}>
      <CopyButton text={children} label={`Copy: ${label}`} />
    </div>
  </div>
);
