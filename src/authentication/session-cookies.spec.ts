import { clearSessionCookies, readCookie, sessionCookieName, setSessionCookies } from './session-cookies';

const SESSION = { accessToken: 'a.b.c', refreshToken: 'ksr_x_0_y' };
const LIFETIMES = { accessSeconds: 900, refreshSeconds: 3_600 };

describe('A13.3 the cookies of a session', () => {
  it('belong to one host, and to no script', () => {
    expect(setSessionCookies(SESSION, LIFETIMES, true)).toEqual([
      '__Host-keystile_session=a.b.c; Max-Age=900; Path=/; HttpOnly; SameSite=Lax; Secure',
      '__Host-keystile_refresh=ksr_x_0_y; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax; Secure',
    ]);
  });

  it('work without TLS on a developer’s machine', () => {
    expect(setSessionCookies(SESSION, LIFETIMES, false)[0]).toBe('keystile_session=a.b.c; Max-Age=900; Path=/; HttpOnly; SameSite=Lax');
    expect(clearSessionCookies(false)).toEqual([
      'keystile_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
      'keystile_refresh=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
    ]);
  });

  it.each([
    { header: undefined, value: undefined },
    { header: '', value: undefined },
    { header: 'keystile_session=a.b.c', value: 'a.b.c' },
    { header: 'x=1; keystile_session=a.b.c; y=2', value: 'a.b.c' },
    { header: 'keystile_session=a=b', value: 'a=b' },
    { header: 'xkeystile_session=1', value: undefined },
    { header: '__Host-keystile_session=1', value: undefined },
    { header: 'keystile_session', value: undefined },
    { header: 'keystile_session=1; keystile_session=2', value: undefined },
    { header: 'keystile_session=1; keystile_session=1', value: '1' },
  ])('are read from $header', ({ header, value }) => {
    expect(readCookie(header, sessionCookieName(false))).toBe(value);
  });
});
