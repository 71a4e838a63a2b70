/** The seed's document as pages; what stands in it is proven by the tests of the same names. */
const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Knowledge hub</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f5;padding:1rem;overflow:auto}code{font-size:.9em;overflow-wrap:anywhere}td{padding:.25rem 1rem .25rem 0;vertical-align:top}</style>
</head>
<body><main>
<h1>${title}</h1>
${body}
</main></body>
</html>`;

const code = (text: string, language: string): string =>
  `<pre><code class="language-${language}">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>`;

export const exampleRequests = (baseUrl: string): Readonly<Record<'bash' | 'javascript' | 'python', string>> => ({
  bash: `curl -X POST "${baseUrl}/v1/cards" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"type":"text","content":"Remember the milk"}'`,
  javascript: `fetch('${baseUrl}/v1/cards/search?q=milk', {
  headers: { Authorization: 'Bearer YOUR_API_KEY' },
})
  .then((response) => response.json())
  .then((found) => console.log(JSON.stringify(found)));`,
  python: `import urllib.request

request = urllib.request.Request(
    "${baseUrl}/v1/cards/favorites",
    headers={"Authorization": "Bearer YOUR_API_KEY"},
)
print(urllib.request.urlopen(request).read().decode())`,
});

export function authenticationPage(baseUrl: string): string {
  const { bash, javascript, python } = exampleRequests(baseUrl);
  return page(
    'API keys',
    `<p>The API uses Bearer token authentication with API keys. Each API key is tied to your user account and provides full access to your personal knowledge hub.</p>
<h2>Generating API keys</h2>
<ol><li>Navigate to <a href="/settings">Settings</a></li><li>Go to the API Keys section</li><li>Click Generate API Key</li>
<li>Copy the generated key immediately - you won’t be able to see it again</li></ol>
<p>Generating a new API key will automatically revoke any existing keys. Only one API key can be active per user at a time.</p>
<h2>API key format</h2>
<ul><li>Prefix: A 12-character hex identifier (6 bytes)</li><li>Secret: A 48-character hex secret (24 bytes)</li></ul>
<p>An underscore stands between the two; a key without it is understood as well.</p>
<h2>Using API keys</h2>
<p>Include your API key in the <code>Authorization</code> header of every request.</p>
<h3>Example cURL request</h3>${code(bash, 'bash')}
<h3>Example JavaScript request</h3>${code(javascript, 'javascript')}
<h3>Example Python request</h3>${code(python, 'python')}
<h2>API key security</h2>
<p>API keys are securely hashed using SHA-256 with a server-side pepper before storage. The full key is only displayed once during generation.</p>
<p>API keys are automatically revoked when you generate a new API key, when you manually revoke the key from settings, and when your user account is deleted.</p>
<h2>Authentication errors</h2>
<p>401 <code>MISSING_AUTHORIZATION</code>: the <code>Authorization</code> header is missing, is not “Bearer [token]”, or its token is empty.</p>
<p>401 <code>INVALID_API_KEY</code>: the API key format is incorrect, the key doesn’t exist, has been revoked, or its user account no longer exists.</p>
<p>429 <code>RATE_LIMITED</code>: too many requests. <code>Retry-After</code> says how many seconds to wait.</p>
<h2>Access levels</h2>
<p>All API keys currently have <code>full_access</code> permission, which allows:</p>
<ul><li>Creating new cards (text, links, images, etc.)</li><li>Searching all cards</li><li>Viewing and filtering favorites</li><li>Full read/write access to your personal knowledge hub</li></ul>
<p>More granular permission levels may be added in future releases.</p>
<h2>Next steps</h2>
<ul><li><a href="/docs/api-overview">API Overview</a>: Learn about available endpoints and rate limits</li>
<li><a href="/docs/create-card">Create Card Endpoint</a>: Start creating cards via the API</li></ul>`,
  );
}

export const apiOverviewPage = (
  baseUrl: string,
  { limit, windowSeconds }: { readonly limit: number; readonly windowSeconds: number },
): string =>
  page(
    'API overview',
    `<p>Base URL: <code>${baseUrl}/v1</code>. Every call carries an <a href="/docs">API key</a>.</p>
<h2>Endpoints</h2>
<table>
<tr><td><code>POST /v1/cards</code></td><td>Create a card</td></tr>
<tr><td><code>GET /v1/cards/search</code></td><td>Search all cards: <code>q</code>, <code>type</code>, <code>limit</code>, <code>offset</code></td></tr>
<tr><td><code>GET /v1/cards/favorites</code></td><td>View and filter favorites, with the same parameters</td></tr>
<tr><td><code>GET /v1/cards/{id}</code></td><td>Read a card</td></tr>
<tr><td><code>PATCH /v1/cards/{id}</code></td><td>Change title, content or <code>isFavorite</code></td></tr>
<tr><td><code>DELETE /v1/cards/{id}</code></td><td>Delete a card</td></tr>
</table>
<h2>Rate limits</h2>
<p>Each key may make ${limit} calls in ${windowSeconds} seconds. Past that, the answer is 429 with <code>Retry-After</code>.</p>`,
  );

export const createCardPage = (baseUrl: string): string =>
  page(
    'Create card',
    `<p><code>POST /v1/cards</code> with a JSON body:</p>
<table>
<tr><td><code>type</code></td><td><code>text</code>, <code>link</code> or <code>image</code></td></tr>
<tr><td><code>content</code></td><td>The text; on a link or an image, a note. Up to 10,000 characters</td></tr>
<tr><td><code>url</code></td><td>Of a link or an image</td></tr>
<tr><td><code>title</code></td><td>Optional, up to 200 characters</td></tr>
<tr><td><code>isFavorite</code></td><td>Optional</td></tr>
</table>
<p>The answer is 201 with the card.</p>
${code(exampleRequests(baseUrl).bash, 'bash')}`,
  );
