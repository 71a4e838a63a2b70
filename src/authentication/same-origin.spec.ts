import { isSameOrigin } from './same-origin';

const host = 'keys.example.com';

describe('A13.1 a request comes from our own page', () => {
  it.each([
    { because: 'the browser says so', headers: { host, 'sec-fetch-site': 'same-origin' } },
    {
      because: 'the browser says so, though a proxy changed the host',
      headers: { host: 'upstream:3000', origin: 'https://keys.example.com', 'sec-fetch-site': 'same-origin' },
    },
    { because: 'its origin is the host', headers: { host, origin: 'https://keys.example.com' } },
    { because: 'its origin is the host, on a port', headers: { host: 'localhost:3000', origin: 'http://localhost:3000' } },
    { because: 'its origin is the host by address', headers: { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' } },
    { because: 'the host names the default port', headers: { host: 'keys.example.com:443', origin: 'https://keys.example.com' } },
    { because: 'the host is an IPv6 address', headers: { host: '[::1]:3000', origin: 'http://[::1]:3000' } },
    { because: 'the host is in upper case', headers: { host: 'Keys.Example.com', origin: 'https://keys.example.com' } },
  ])('because $because', ({ headers }) => {
    expect(isSameOrigin(headers)).toBe(true);
  });
});

describe('A13.1 a request does not come from our own page', () => {
  it.each([
    { because: 'nothing says that it does', headers: { host } },
    { because: 'another site sent it', headers: { host, 'sec-fetch-site': 'cross-site' } },
    { because: 'another site sent it, whatever its origin', headers: { host, origin: `https://${host}`, 'sec-fetch-site': 'cross-site' } },
    { because: 'a neighbour sent it', headers: { host, 'sec-fetch-site': 'same-site' } },
    { because: 'nobody knows who sent it', headers: { host, 'sec-fetch-site': 'none' } },
    { because: 'the header came twice', headers: { host, 'sec-fetch-site': 'same-origin, same-origin' } },
    { because: 'the origin is opaque', headers: { host, origin: 'null' } },
    { because: 'the origin is another', headers: { host, origin: 'https://evil.example' } },
    { because: 'the origin only begins like ours', headers: { host, origin: `https://${host}.evil.example` } },
    { because: 'the origin only ends like ours', headers: { host, origin: `https://evil-${host}` } },
    { because: 'the origin is a part of ours', headers: { host, origin: 'https://example.com' } },
    { because: 'the port is another', headers: { host, origin: `https://${host}:8443` } },
    { because: 'the scheme has another default port', headers: { host: `${host}:443`, origin: `http://${host}` } },
    { because: 'the origin names a user', headers: { host, origin: `https://${host}@evil.example` } },
    { because: 'the origin has a path', headers: { host, origin: `https://${host}/x` } },
    { because: 'the origin is no web page', headers: { host, origin: `ftp://${host}` } },
    { because: 'the origin came twice', headers: { host, origin: `https://${host}, https://evil.example` } },
    { because: 'the origin is empty', headers: { host, origin: '' } },
    { because: 'there is no host', headers: { origin: `https://${host}` } },
    { because: 'the host is nonsense', headers: { host: 'a b', origin: `https://${host}` } },
  ])('because $because', ({ headers }) => {
    expect(isSameOrigin(headers)).toBe(false);
  });
});
