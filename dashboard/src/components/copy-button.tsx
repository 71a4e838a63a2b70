import { ActionIcon, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { copyText } from '../lib/copy';

const TOLD_MS = 1500;

/** A small button that copies a text and says so. @param label what is copied: `Copy the id` */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const [outcome, setOutcome] = useState('');
  const copy = async (): Promise<void> => {
    setOutcome((await copyText(text)) ? 'Copied' : 'This browser does not let the page copy');
    setTimeout(() => setOutcome(''), TOLD_MS);
  };
  return (
    <Tooltip label={outcome || label} {...(outcome ? { opened: true } : {})}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={() => void copy()}>
        {outcome === 'Copied' ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        <span className="unseen" role="status">
          {outcome}
        </span>
      </ActionIcon>
    </Tooltip>
  );
}
