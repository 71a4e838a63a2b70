// passport-headerapikey behind Nest's AuthGuard, as its tutorials do it: the key's row by its prefix, then bcrypt at its usual cost of 10.
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { compare, hash } from '@node-rs/bcrypt';
import Database from 'libsql';
import { randomBytes } from 'node:crypto';
import passport from 'passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';

import { serve } from './guarded-server.mjs';

const key = randomBytes(32).toString('hex');
const sqlite = new Database(':memory:');
sqlite.exec('CREATE TABLE api_keys (prefix TEXT PRIMARY KEY, hash TEXT NOT NULL, scopes TEXT NOT NULL)');
sqlite.prepare('INSERT INTO api_keys VALUES (?, ?, ?)').run(key.slice(0, 12), await hash(key, 10), 'role.read');
const byPrefix = sqlite.prepare('SELECT hash, scopes FROM api_keys WHERE prefix = ?');

class KeyStrategy extends PassportStrategy(HeaderAPIKeyStrategy, 'headerapikey') {
  constructor() {
    super({ header: 'Authorization', prefix: 'Bearer ' }, false);
  }

  async validate(presented) {
    const row = byPrefix.get(presented.slice(0, 12));
    if (!row || !(await compare(presented, row.hash)) || !row.scopes.split(' ').includes('role.read')) return null;
    return { scopes: row.scopes };
  }
}
// Making the strategy registers it.
passport.use('headerapikey', new KeyStrategy());
await serve(AuthGuard('headerapikey'), { token: key });
