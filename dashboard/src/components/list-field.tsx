import { TagsInput, type TagsInputProps } from '@mantine/core';
import type { ReactNode } from 'react';

/** A list of short texts without spaces: typed or pasted, taken apart at commas, spaces and lines, each once. */
export const ListField = ({ value, onChange, ...props }: TagsInputProps): ReactNode => (
  <TagsInput
    splitChars={[',', ' ', '\n']}
    acceptValueOnBlur
    spellCheck={false}
    {...props}
    value={value}
    onChange={(texts) => onChange?.([...new Set(texts.flatMap((text) => text.split(/[\s,]+/)).filter(Boolean))])}
  />
);
