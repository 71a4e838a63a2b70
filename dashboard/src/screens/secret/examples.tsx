import { Tabs, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import type { IssuedKey } from '../../api';
import { CodeBlock } from '../../components';
import { apiBase, firstCall, hostSignIn, keyHeader } from '../../options';
import { useSession } from '../../session';

/** A first call that the key may make. */
interface ExampleCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

const QUOTE = String.raw`'\''`;

function curlOf({ method, url, body }: ExampleCall, key: string): string {
  const lines = [`curl -i ${method === 'GET' ? '' : `-X ${method} `}${url}`, `-H "${keyHeader} ${key}"`];
  if (body) lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(body).replaceAll("'", QUOTE)}'`);
  return lines.join(' \\\n  ');
}

/** `Authorization` and `Bearer `, `X-API-Key` and nothing. */
const [header = '', scheme = ''] = keyHeader.split(/: ?(?=[^:]*$)/);
const before = scheme && `${scheme} `;

const javaScriptOf = ({ url }: ExampleCall): string => `const answer = await fetch('${url}', {
  headers: { ${header.includes('-') ? `'${header}'` : header}: \`${before}\${process.env.API_KEY}\` },
});
console.log(answer.status, await answer.json());`;

const pythonOf = ({ url }: ExampleCall): string => `import os, urllib.request

request = urllib.request.Request(
    "${url}",
    headers={"${header}": f"${before}{os.environ['API_KEY']}"},
)
print(urllib.request.urlopen(request).read().decode())`;

/** First calls of a key, ready to run against this very installation. */
export function Examples({ issued: { key, scopes, allowedIps, environment } }: { readonly issued: IssuedKey }): ReactNode {
  const { person } = useSession();
  const first: ExampleCall = { method: 'GET', url: firstCall ? `${location.origin}${firstCall}` : `${apiBase}/v1/whoami` };
  const mail: ExampleCall = {
    method: 'POST',
    url: `${location.origin}/email`,
    body: { to: [person.email], subject: 'Hello', text: 'My first message.' },
  };
  const mayMail = hostSignIn === undefined && (scopes.includes('send_email') || scopes.includes('*'));
  return (
    <>
      <Tabs defaultValue="curl" variant="outline">
        <Tabs.List>
          <Tabs.Tab value="curl">curl</Tabs.Tab>
          <Tabs.Tab value="javascript">JavaScript</Tabs.Tab>
          <Tabs.Tab value="python">Python</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="curl" pt="sm">
          <CodeBlock label={firstCall ? 'A first call' : 'Ask the service whose key it is'}>{curlOf(first, key)}</CodeBlock>
          {mayMail && (
            <>
              <Text fz="sm" mt="sm" mb={6}>
                Send yourself an e-mail{environment === 'test' ? '; with a test key it stays in the outbox' : ''}:
              </Text>
              <CodeBlock label="Send yourself an e-mail">{curlOf(mail, key)}</CodeBlock>
            </>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="javascript" pt="sm">
          <CodeBlock label="JavaScript">{javaScriptOf(first)}</CodeBlock>
        </Tabs.Panel>
        <Tabs.Panel value="python" pt="sm">
          <CodeBlock label="Python">{pythonOf(first)}</CodeBlock>
        </Tabs.Panel>
      </Tabs>
      <Text fz="sm" c="dimmed" mt="xs">
        JavaScript and Python read the key from the environment variable API_KEY.
        {allowedIps.length > 0 && ` It works from ${allowedIps.join(', ')} only.`}
      </Text>
    </>
  );
}
