import { type Answer, KeystileApp, type TestPerson } from '../src/testing';

const PASSWORD = 'correct horse battery staple';
const DAY = { days: 1 };

const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).toSorted();

describe('members', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  beforeEach(async () => {
    app.clock.move({ minutes: 1 });
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const invite = (email: string, role: string, by: TestPerson = owner) =>
    app.post('/v1/invitations', { as: by.token, body: { email, role } });
  const accept = (token: unknown, body: object = { name: 'New', password: PASSWORD }) =>
    app.post('/v1/invitations/accept', { body: { token, transport: 'bearer', ...body } });
  const setRole = (userId: string, role: string, by: TestPerson = owner) =>
    app.patch(`/v1/members/${userId}`, { as: by.token, body: { role } });
  const remove = (userId: string, by: TestPerson = owner) => app.delete(`/v1/members/${userId}`, { as: by.token });
  const eventsOf = async (organizationId: string, action: string): Promise<Array<Record<string, string>>> =>
    app.service.database.query('SELECT * FROM keystile_audit_events WHERE organization_id = ? AND action = ? ORDER BY sequence', [
      organizationId,
      action,
    ]);
  let counter = 0;
  const address = (): string => `invited-${++counter}@example.com`;

  describe('join by invitation', () => {
    it('whose token is shown once and stored as a digest', async () => {
      const email = address();
      const created = await invite(email, 'developer');
      expect(created.status).toBe(201);
      expect(created.headers['cache-control']).toBe('no-store');
      expect(created.body).toMatchObject({ email, role: 'developer', status: 'open', createdBy: owner.userId, mailed: false });
      expect(created.body.token).toMatch(/^kso_[A-Za-z0-9_-]{43}$/);
      expect(created.body.url).toBe(`${app.url}/api-management/accept-invitation#${created.body.token as string}`);
      const shown = await app.get(created.headers.location as string, { as: owner.token });
      expect(shown.body).toMatchObject({ id: created.body.id, status: 'open' });
      const list = await app.get('/v1/invitations', { as: owner.token });
      for (const { text } of [shown, list]) expect(text).not.toContain('kso_');
      const rows = await app.service.database.query('SELECT * FROM keystile_invitations');
      expect(JSON.stringify(rows)).not.toContain(created.body.token);
    });

    it('with a new account, signed in at once', async () => {
      const email = address();
      const { body: invitation } = await invite(email, 'auditor');
      const joined = await accept(invitation.token);
      expect(joined.status).toBe(201);
      const { body: who } = await app.get('/v1/whoami', { as: joined.body.accessToken as string });
      expect(who.organizationId).toBe(owner.organizationId);
      expect(who.scopes).toContain('audit_event.read');
      const member = await app.get(joined.headers.location as string, { as: owner.token });
      expect(member.body).toMatchObject({ userId: who.id, email, name: 'New', role: 'auditor' });
      expect((await app.get(`/v1/invitations/${invitation.id as string}`, { as: owner.token })).body.status).toBe('accepted');
      expect((await eventsOf(owner.organizationId, 'invitation.accepted')).at(-1)).toMatchObject({ actor_id: who.id });
    });

    it('with the account they have, by its password', async () => {
      const elsewhere = await app.otherOrganization();
      app.clock.move({ seconds: 1 });
      const { body: invitation } = await invite(elsewhere.email.toUpperCase(), 'developer');
      expect((await accept(invitation.token, { password: 'some other password' })).body.code).toBe('login_failed');
      expect((await accept(invitation.token, {})).body.errors).toEqual([{ pointer: '/password', message: 'is missing' }]);
      const joined = await accept(invitation.token, { password: PASSWORD });
      expect(joined.status).toBe(201);
      const { body: list } = await app.get('/v1/organizations', { as: joined.body.accessToken as string });
      expect(list.data.map(({ role }: { role: string }) => role).toSorted()).toEqual(['developer', 'owner']);
      expect((await app.login(elsewhere.email)).organizationId).toBe(elsewhere.organizationId);
      expect((await app.login(elsewhere.email, PASSWORD, owner.organizationId)).organizationId).toBe(owner.organizationId);
    });

    it('which needs a name for a new account', async () => {
      const { body: invitation } = await invite(address(), 'developer');
      expect((await accept(invitation.token, { password: PASSWORD })).body.errors).toEqual([{ pointer: '/name', message: 'is missing' }]);
    });

    it('A17 once, though ten try at the same moment', async () => {
      const { body: invitation } = await invite(address(), 'developer');
      const answers = await Promise.all(Array.from({ length: 10 }, () => accept(invitation.token)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      expect((await accept(invitation.token)).body.code).toBe('token_used_or_expired');
    });

    it('not after a week, and not after it was taken back', async () => {
      const [email, { body: first }] = [address(), await invite(address(), 'developer')];
      const { body: second } = await invite(email, 'developer');
      const path = `/v1/invitations/${second.id as string}`;
      expect((await app.delete(path, { as: owner.token })).status).toBe(204);
      expect((await app.delete(path, { as: owner.token })).status).toBe(204);
      expect((await accept(second.token)).body.code).toBe('token_used_or_expired');
      expect(await eventsOf(owner.organizationId, 'invitation.revoked')).toHaveLength(1);
      app.clock.move({ days: 7 });
      expect((await accept(first.token)).body.code).toBe('token_used_or_expired');
      owner = await app.owner();
      expect((await app.get(path, { as: owner.token })).body.status).toBe('revoked');
      expect((await app.get(`/v1/invitations/${first.id as string}`, { as: owner.token })).body.status).toBe('expired');
    });

    it('A06 not from somebody who may not give that role any more', async () => {
      const [removed, demoted, admin] = [await app.member('admin'), await app.member('admin'), await app.member('admin')];
      const invitations = await Promise.all([removed, demoted, admin].map((by) => invite(address(), 'admin', by)));
      expect((await remove(removed.userId)).status).toBe(204);
      expect((await setRole(demoted.userId, 'developer')).status).toBe(200);
      const answers = await Promise.all(invitations.map(({ body }) => accept(body.token)));
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [400, 'token_used_or_expired'],
        [400, 'token_used_or_expired'],
        [201, undefined],
      ]);
    });

    it('one at a time for an address, and none for members', async () => {
      const email = address();
      const answers = await Promise.all(Array.from({ length: 5 }, () => invite(email, 'developer')));
      expect(statuses(answers)).toEqual([201, 409, 409, 409, 409]);
      app.clock.move({ days: 7 });
      owner = await app.owner();
      const again = await invite(email.toUpperCase(), 'developer');
      expect(again.status).toBe(201);
      await accept(again.body.token);
      expect((await invite(email, 'developer')).body.code).toBe('conflict');
      const accepted = await app.delete(`/v1/invitations/${again.body.id as string}`, { as: owner.token });
      expect(accepted.status).toBe(409);
    });
  });

  describe('never get more than whoever gives it holds', () => {
    it('A06 from an admin, who can neither make an owner nor touch one', async () => {
      const admin = await app.member('admin');
      const developer = await app.member('developer');
      for (const answer of [
        await invite(address(), 'owner', admin),
        await setRole(developer.userId, 'owner', admin),
        await setRole(admin.userId, 'owner', admin),
        await setRole(owner.userId, 'auditor', admin),
        await remove(owner.userId, admin),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([403, 'scope_exceeds_grantor']);
        expect(answer.body.scopes).toEqual(['*']);
      }
      expect((await setRole(developer.userId, 'auditor', admin)).body).toMatchObject({ role: 'auditor' });
      expect((await remove(developer.userId, admin)).status).toBe(204);
    });

    it('A06 from a developer or an auditor, who have no say at all', async () => {
      for (const role of ['developer', 'auditor']) {
        const person = await app.member(role);
        expect((await invite(address(), 'auditor', person)).body.code).toBe('insufficient_scope');
        expect((await setRole(person.userId, 'admin', person)).body.code).toBe('insufficient_scope');
        expect((await remove(owner.userId, person)).body.code).toBe('insufficient_scope');
      }
    });

    it('A06.5 from a key, which does no more than its owner may', async () => {
      const admin = await app.member('admin');
      const { key } = await app.issueKey({ scopes: ['member.*'] }, admin);
      const asKey = { ...admin, token: key };
      expect((await invite(address(), 'developer', asKey)).body.code).toBe('scope_exceeds_grantor');
      const developer = await app.member('developer');
      expect((await setRole(developer.userId, 'auditor', asKey)).body.code).toBe('scope_exceeds_grantor');
    });

    it('in a role that exists here', async () => {
      const elsewhere = await app.otherOrganization();
      const { body: foreign } = await app.post('/v1/roles', { as: elsewhere.token, body: { name: 'r', scopes: [] } });
      for (const role of [foreign.id as string, `rol_${'0'.repeat(26)}`]) {
        expect((await invite(address(), role)).body.errors).toEqual([{ pointer: '/role', message: 'is not a role of this organization' }]);
      }
      for (const role of ['Owner', 'root', '*', '', 0, null, ['owner'], { $ne: 1 }]) {
        expect((await invite(address(), role as string)).status).toBe(400);
      }
    });
  });

  describe('change their role', () => {
    it('at once, with every access token', async () => {
      const person = await app.member('admin');
      expect((await app.get('/v1/members', { as: person.token })).status).toBe(200);
      expect((await setRole(person.userId, 'developer')).status).toBe(200);
      expect((await app.get('/v1/members', { as: person.token })).status).toBe(403);
      const [event] = (await eventsOf(owner.organizationId, 'member.role_changed')).slice(-1);
      expect([event!['before_state'], event!['after_state']]).toEqual(['{"role":"admin"}', '{"role":"developer"}']);
    });

    it('and their keys do no more than they', async () => {
      const person = await app.member('admin');
      const { key } = await app.issueKey({ scopes: ['member.read'] }, person);
      expect((await app.get('/v1/members', { as: key })).status).toBe(200);
      await setRole(person.userId, 'developer');
      expect((await app.get('/v1/members', { as: key })).status).toBe(403);
      await setRole(person.userId, 'admin');
      expect((await app.get('/v1/members', { as: key })).status).toBe(200);
    });

    it('only from the version that was read', async () => {
      const person = await app.member('developer');
      const path = `/v1/members/${person.userId}`;
      const read = await app.get(path, { as: owner.token });
      expect(read.headers.etag).toBe('"v1"');
      const headers = { 'if-match': '"v1"' };
      const answers = await Promise.all(
        ['admin', 'auditor', 'admin', 'auditor'].map((role) => app.patch(path, { as: owner.token, headers, body: { role } })),
      );
      expect(statuses(answers)).toEqual([200, 412, 412, 412]);
      expect((await app.get(path, { as: owner.token })).headers.etag).toBe('"v2"');
      expect((await app.delete(path, { as: owner.token, headers })).status).toBe(412);
    });
  });

  describe('keep at least one owner', () => {
    it('who can neither leave nor be demoted', async () => {
      const alone = await app.otherOrganization();
      const founder = await app.login('owner@example.com', PASSWORD, alone.organizationId);
      expect((await remove(founder.userId, alone)).status).toBe(204);
      for (const answer of [
        await setRole(alone.userId, 'admin', alone),
        await remove(alone.userId, alone),
        await app.delete('/v1/users/me', { as: alone.token, body: { password: PASSWORD } }),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
      }
      expect((await app.get('/v1/whoami', { as: alone.token })).body.scopes).toEqual(['*']);
    });

    it('A17 though two demote each other, or leave, at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        app.clock.move({ minutes: 1 });
        const [one, founder] = await ownersOfAnOrganization();
        const answers =
          round % 2 === 0
            ? await Promise.all([setRole(one.userId, 'auditor', founder), setRole(founder.userId, 'auditor', one)])
            : await Promise.all([remove(one.userId, one), remove(founder.userId, founder)]);
        expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
        const [{ owners }] = await app.service.database.query(
          "SELECT COUNT(*) AS owners FROM keystile_memberships WHERE organization_id = ? AND role = 'owner'",
          [one.organizationId],
        );
        expect(Number(owners)).toBe(1);
      }
    });

    async function ownersOfAnOrganization(): Promise<[TestPerson, TestPerson]> {
      const one = await app.otherOrganization();
      return [one, await app.login('owner@example.com', PASSWORD, one.organizationId)];
    }
  });

  describe('are removed', () => {
    it('with their sessions there, and their keys as each key says', async () => {
      const person = await app.member('admin');
      const revoked = await app.issueKey({ scopes: ['api_key.read'] }, person);
      const transferred = await app.issueKey({ scopes: ['api_key.read', 'member.read'], onOwnerRemoved: 'transfer' }, person);
      expect((await remove(person.userId)).status).toBe(204);
      expect((await app.get('/v1/whoami', { as: person.token })).body.code).toBe('invalid_token');
      expect((await app.post('/v1/auth/refresh', { body: { refreshToken: person.refreshToken } })).status).toBe(401);
      expect((await app.get('/v1/whoami', { as: revoked.key })).body.code).toBe('api_key_revoked');
      expect((await app.get('/v1/members', { as: transferred.key })).status).toBe(200);
      expect((await remove(person.userId)).status).toBe(404);
      expect((await app.post('/v1/auth/login', { body: { email: person.email, password: PASSWORD } })).body).toMatchObject({
        code: 'forbidden',
        message: 'You belong to no organization',
      });
      expect((await eventsOf(owner.organizationId, 'member.removed')).at(-1)).toMatchObject({
        target_id: person.userId,
        before_state: '{"role":"admin"}',
      });
    });

    it('and may come back by another invitation, without what they had', async () => {
      const person = await app.member('admin');
      await remove(person.userId);
      const { body: invitation } = await invite(person.email, 'auditor');
      const back = await accept(invitation.token, { password: PASSWORD });
      expect(back.status).toBe(201);
      expect((await app.get('/v1/whoami', { as: person.token })).status).toBe(401);
    });

    it('but not the person who runs the installation from their only place', async () => {
      const lonely = await KeystileApp.start();
      try {
        const operator = await lonely.owner();
        const second = await lonely.member('owner');
        const removal = () => lonely.delete(`/v1/members/${operator.userId}`, { as: second.token });
        expect([(await removal()).status, (await lonely.get('/v1/whoami', { as: operator.token })).status]).toEqual([409, 200]);
        const elsewhere = await lonely.otherOrganization();
        expect((await removal()).status).toBe(204);
        // What the operator may do does not hang on a role.
        const { token } = await lonely.login(operator.email);
        await lonely.patch(`/v1/members/${operator.userId}`, { as: elsewhere.token, body: { role: 'auditor' } });
        expect((await lonely.post('/v1/organizations', { as: token, body: { name: 'Third' } })).status).toBe(201);
      } finally {
        await lonely.stop();
      }
    });
  });

  it('A08 of another organization are nobody here', async () => {
    const stranger = await app.otherOrganization();
    const { body: invitation } = await invite(address(), 'developer');
    for (const answer of [
      await app.get(`/v1/members/${owner.userId}x`, { as: stranger.token }),
      await app.get(`/v1/members/${(await app.member('developer')).userId}`, { as: stranger.token }),
      await setRole((await app.member('developer')).userId, 'auditor', stranger),
      await remove((await app.member('developer')).userId, stranger),
      await app.get(`/v1/invitations/${invitation.id as string}`, { as: stranger.token }),
      await app.delete(`/v1/invitations/${invitation.id as string}`, { as: stranger.token }),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    }
    const theirs = await app.get('/v1/members?limit=100', { as: stranger.token });
    expect(theirs.body.data.map(({ email }: { email: string }) => email).toSorted()).toEqual(
      ['owner@example.com', stranger.email].toSorted(),
    );
    expect((await app.get('/v1/invitations', { as: stranger.token })).text).not.toContain('invited-');
    const { nextCursor } = (await app.get('/v1/members?limit=1', { as: owner.token })).body;
    expect((await app.get(`/v1/members?cursor=${nextCursor as string}`, { as: stranger.token })).status).toBe(400);
  });

  it('are listed newest first, page by page', async () => {
    const home = await app.otherOrganization();
    for (let i = 0; i < 3; i++) {
      app.clock.move(DAY);
      await app.member('developer', { by: await app.login(home.email) });
    }
    const as = (await app.login(home.email)).token;
    const seen: Array<{ createdAt: string; userId: string }> = [];
    let path = '/v1/members?limit=2';
    for (;;) {
      const { body } = await app.get(path, { as });
      seen.push(...(body.data as typeof seen));
      if (!body.hasMore) break;
      path = `/v1/members?limit=2&cursor=${body.nextCursor as string}`;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map(({ userId }) => userId)).size).toBe(5);
    expect(seen.map(({ createdAt }) => createdAt)).toEqual(
      seen
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .toReversed(),
    );
  });
});
