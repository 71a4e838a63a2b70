import { Alert, Button, Group, Text } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

import { Failure } from '../api';
import { Code } from './code';

/** What went wrong, as the service put it: message, what to do about it, and the id under which the call is in the log. */
export function ErrorPanel({ error, onRetry }: { readonly error: Error | null | undefined; readonly onRetry?: () => void }): ReactNode {
  if (!error) return null;
  const { detail, requestId, faults } = error instanceof Failure ? error : new Failure(error.message);
  return (
    <Alert role="alert" color="red" variant="light" icon={<CircleAlert size={18} aria-hidden />} title={error.message}>
      {detail && <Text fz="sm">{detail}</Text>}
      {faults.map(({ pointer, message }) => (
        <Text fz="sm" key={pointer + message}>
          {pointer && <Code>{pointer}</Code>} {message}
        </Text>
      ))}
      {(requestId || onRetry) && (
        <Group gap="sm" mt="xs">
          {onRetry && (
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
          {requestId && (
            <Text fz="xs" component="div">
              Request <Code copy="Copy the request id">{requestId}</Code>
            </Text>
          )}
        </Group>
      )}
    </Alert>
  );
}
