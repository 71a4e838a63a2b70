import { credentialsOf, requiresTls } from './smtp-url';

it.each([
  ['smtp://mail.example.com', false],
  ['smtp://user@mail.example.com', false],
  ['smtp://user:secret@mail.example.com:587', true],
  ['smtp://user:secret@localhost', false],
  ['smtp://user:secret@127.0.0.2:2525', false],
  ['smtp://user:secret@[::1]:25', false],
  ['smtp://user:secret@localhost.example.com', true],
])('%s requires TLS: %p', (url, isRequired) => {
  expect(requiresTls(url)).toBe(isRequired);
});

it.each([
  ['smtp://user:p%40ss@mail.example.com', ['p%40ss', 'p@ss']],
  ['smtp://user:100%@mail.example.com', ['100%', '100%']],
  ['smtp://mail.example.com', ['', '']],
])('%s has a password, as written and as sent', (url, passwords) => {
  expect(credentialsOf(url)).toEqual(passwords);
});
