/** The password as it stands in the URL, and as it is sent: what must not show up in an error. */
export function credentialsOf(url: string): string[] {
  const { password } = new URL(url);
  return [password, /%(?![0-9A-Fa-f]{2})/.test(password) ? password : decodeURIComponent(password)];
}

/**
 * Whether the connection has to be encrypted: a password that goes to another machine does not go in the clear, even where
 * somebody in between hides that the server could encrypt. `?requireTLS=false` in the URL says otherwise.
 */
export function requiresTls(url: string): boolean {
  const { hostname, password } = new URL(url);
  return password !== '' && hostname !== 'localhost' && hostname !== '[::1]' && !hostname.startsWith('127.');
}
