import { ActionIcon, Button, Group, Input, NativeSelect, Stack, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';

interface Endpoint {
  readonly method: string;
  readonly path: string;
}

interface EndpointsFieldProps {
  readonly value: readonly Endpoint[];
  readonly error: ReactNode;
  readonly onChange: (value: readonly Endpoint[]) => void;
}

const METHODS = ['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Pairs of a method and a path, or the beginning of one. */
export function EndpointsField({ value, error, onChange }: EndpointsFieldProps): ReactNode {
  const change = (index: number, changes: Partial<Endpoint>): void =>
    onChange(value.map((endpoint, i) => (i === index ? { ...endpoint, ...changes } : endpoint)));
  return (
    <Input.Wrapper
      label="Endpoints"
      labelElement="div"
      description="Empty means any that the key may call. A path, or the beginning of one followed by *."
      error={error}
    >
      <Stack gap={8} mt={6}>
        {value.map(({ method, path }, index) => (
          <Group key={index} gap={8} wrap="nowrap">
            <NativeSelect
              aria-label={`Method of endpoint ${index + 1}`}
              data={METHODS}
              w={104}
              value={method}
              onChange={(event) => change(index, { method: event.currentTarget.value })}
            />
            <TextInput
              aria-label={`Path of endpoint ${index + 1}`}
              placeholder="/v1/clients*"
              flex={1}
              spellCheck={false}
              value={path}
              onChange={(event) => change(index, { path: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove endpoint ${index + 1}`}
              onClick={() => onChange(value.filter((_endpoint, i) => i !== index))}
            >
              <X size={15} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <div>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<Plus size={13} aria-hidden />}
            onClick={() => onChange([...value, { method: '*', path: '' }])}
          >
            Add an endpoint
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}
