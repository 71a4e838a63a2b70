import { type KeyNews, mailAbout } from './notice-mail';

const LINK = 'https://keys.example.com/api-management';

const anExpiry = (given: { name?: string; prefix?: string } = {}): KeyNews => ({
  kind: 'expiry_near',
  name: 'nightly job',
  prefix: 'ks_live_4fGh7jKl9mNp',
  expiresAt: new Date('2026-02-01T08:30:00.000Z'),
  ...given,
});

describe('a mail about keys', () => {
  it('names the key by its name and prefix, says when, and where to go', () => {
    expect(mailAbout([anExpiry()], 'Acme', LINK)).toEqual({
      subject: 'An API key of Acme expires soon',
      text: [
        '- "nightly job" (ks_live_4fGh7jKl9mNp) expires on 2026-02-01 08:30 UTC.',
        '',
        'Calls are refused from then on. To prevent it, move the expiry, or rotate the key and give it a later one:',
        '',
        LINK,
        '',
        'You get this because the key is yours, or because you run the organization.',
        '',
      ].join('\n'),
    });
  });

  it('says from where a key was used, and that it was refused', () => {
    const used = { name: 'a', prefix: 'p', kind: 'new_network', network: '203.0.113.0/24', at: new Date(0) } as const;
    expect(mailAbout([{ ...used, refusedWith: null }], 'Acme', LINK).text).toContain('came from 203.0.113.0/24 on 1970-01-01 00:00 UTC.');
    expect(mailAbout([{ ...used, refusedWith: 'ip_not_allowed' }], 'Acme', LINK).text).toContain(', and was refused (ip_not_allowed).');
  });

  it('is one for many keys, and lists the first twenty', () => {
    const { subject, text } = mailAbout(
      Array.from({ length: 23 }, (_unused, i) => anExpiry({ name: `job ${i}` })),
      'Acme',
      LINK,
    );
    expect(subject).toBe('23 API keys of Acme expire soon');
    expect(text.match(/^- "job/gm)).toHaveLength(20);
    expect(text).toContain('\n- and 3 more\n');
  });

  it.each([
    ['a line break', 'a\r\nBcc: everybody@example.com', 'a\\u000d\\u000aBcc: everybody@example.com'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a secret', 'ks_live_4fGh7jKl9mNp_0123456789abcdefghijklmnopqrstuv', 'ks_live_4fGh7jKl9mNp[redacted]'],
    ['text that runs the other way', 'a\u202eb', 'ab'],
    ['markup', '<b>"job"</b>', '<b>"job"</b>'],
  ])('takes %s in a name for text', (_what, name, shownAs) => {
    const { subject, text } = mailAbout([anExpiry({ name })], name, LINK);
    expect(subject).toBe(`An API key of ${shownAs} expires soon`);
    expect(text.split('\n')[0]).toBe(`- "${shownAs}" (ks_live_4fGh7jKl9mNp) expires on 2026-02-01 08:30 UTC.`);
  });
});
