// What finding a key costs that is not remembered, among a thousand keys and among ten million, on a MariaDB of its own:
// npm run build && node bench/lookup.mjs [--keys 10000000] [--few 1000] [--asked 1000] [--rounds 15] [--pool 3G] [--folder <where the database lives>]
// Progress goes to stderr, a section for results.md to stdout: … >> bench/results.md
//
// Both databases live on one server, and a built service stands on each. Rounds alternate between them, and ratios are taken within
// rounds: the machine may be busy with other things, both suffer alike. Keys that are asked for are spread over all there are.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const GOAL = 1.3;
const PATH = '/v1/whoami';
const CHUNK = 500_000;
/** Of the keys that are asked for: what comes and goes on the machine meets both databases. */
const SLICES = 10;

await (process.send ? serve() : bench());

async function bench() {
  const { values: options } = parseArgs({
    options: {
      keys: { type: 'string', default: '10000000' },
      few: { type: 'string', default: '1000' },
      asked: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '15' },
      pool: { type: 'string', default: '3G' },
      folder: { type: 'string' },
    },
  });
  const sizes = [Number(options.few), Number(options.keys)];
  const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'keystile-lookup-'));
  const mariadb = await startMariadb(folder, options.pool);
  const services = [];
  try {
    for (const size of sizes) {
      const name = `keys_${size}`;
      const service = await startService(folder, name, mariadb);
      services.push({ size, agent: new Agent({ keepAlive: true, maxSockets: 1 }), ...service });
      const drawn = await service.tell({ draw: Math.min(size, Number(options.asked)) });
      await fill(mariadb, name, size, drawn);
    }
    await untilQuiet(mariadb);
    for (const service of services) {
      service.first = await service.tell('find');
      note(
        `${words(service.size)} keys, each asked for once: p50 ${ms(at(service.first.times, 0.5))}, p95 ${ms(at(service.first.times, 0.95))} ms`,
      );
    }
    // The compiler of V8 has its say first.
    for (let warm = 0; warm < 3; warm++) await measure(services, warm, mariadb);
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round++) rounds.push(await measure(services, round, mariadb));
    print(services, rounds, options, bytesOf(folder));
  } finally {
    for (const { agent, stop } of services) {
      agent.destroy();
      await stop();
    }
    await mariadb.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One round: the look-up by itself and in a call, a few keys of each database in turn. */
async function measure(services, round, mariadb) {
  const found = services.map(() => ({ lookup: { times: [], cpu: 0, server: 0 }, call: { times: [], cpu: 0, server: 0 } }));
  for (let slice = 0; slice < SLICES; slice++) {
    const order = (round + slice) % 2 === 0 ? [0, 1] : [1, 0];
    for (const i of order) {
      const { url, agent, tell } = services[i];
      let server = mariadb.cpu();
      const { times, cpu } = await tell({ find: slice });
      add(found[i].lookup, times, cpu, mariadb.cpu() - server);
      const { keys, cpu: before } = await tell({ forget: slice });
      server = mariadb.cpu();
      const called = await callAll(url, agent, keys);
      const { cpu: after } = await tell('cpu');
      add(found[i].call, called, after - before, mariadb.cpu() - server);
    }
  }
  for (const { lookup, call } of found) {
    for (const kind of [lookup, call]) {
      kind.cpu /= kind.times.length;
      kind.server /= kind.times.length;
    }
  }
  const told = found.map(({ lookup }) => `${ms(at(lookup.times, 0.5))} ms ${(lookup.cpu + lookup.server).toFixed(0)} µs`);
  note(`round ${round + 1}, load ${loadavg()[0].toFixed(1)}: ${told.join(' / ')}`);
  return found;
}

function add(kind, times, cpu, server) {
  kind.times.push(...times);
  kind.cpu += cpu;
  kind.server += server;
}

/** A call with each key, one after the other over one connection: milliseconds. */
async function callAll(url, agent, keys) {
  const times = [];
  for (const key of keys) {
    const began = performance.now();
    const [answer] = await once(get(url + PATH, { agent, headers: { authorization: `Bearer ${key}` } }), 'response');
    answer.resume();
    await once(answer, 'end');
    if (answer.statusCode !== 200) throw new Error(`A call was answered with ${answer.statusCode}`);
    times.push(performance.now() - began);
  }
  return times;
}

function print(services, rounds, { pool, keys }, bytes) {
  const figures = [
    ['look-up, p50 ms', ({ lookup }) => at(lookup.times, 0.5), 3],
    ['look-up, p95 ms', ({ lookup }) => at(lookup.times, 0.95), 3],
    ['look-up, CPU of the service, µs', ({ lookup }) => lookup.cpu, 0],
    ['look-up, CPU of MariaDB, µs', ({ lookup }) => lookup.server, 0],
    ['look-up, CPU of both, µs', ({ lookup }) => lookup.cpu + lookup.server, 0],
    ['call with a key not remembered, p50 ms', ({ call }) => at(call.times, 0.5), 3],
    ['call with a key not remembered, p95 ms', ({ call }) => at(call.times, 0.95), 3],
    ['call with a key not remembered, CPU of both, µs', ({ call }) => call.cpu + call.server, 0],
  ];
  const [few, many] = services;
  const rows = figures.map(([name, figure, digits]) => {
    const [of, to] = [0, 1].map((i) => median(rounds.map((round) => figure(round[i]))).toFixed(digits));
    const ratio = median(rounds.map((round) => figure(round[1]) / figure(round[0])));
    return `| ${name} | ${of} | ${to} | ${ratio > GOAL ? `**${ratio.toFixed(2)}**` : ratio.toFixed(2)} |`;
  });
  const first = (share) => services.map((service) => ms(at(service.first.times, share)));
  process.stdout.write(
    [
      '',
      '## A look-up among many keys',
      '',
      `### ${new Date().toISOString().slice(0, 10)}, \`node bench/lookup.mjs --keys ${keys}\``,
      '',
      `Node ${process.versions.node}, ${cpus().length} cores (load ${loadavg()[0].toFixed(1)}), MariaDB with a buffer pool of ${pool}, ${(bytes / 2 ** 30).toFixed(1)} GiB of`,
      `tables. Medians of ${rounds.length} rounds of ${many.first.times.length} look-ups, one after the other; ratios within rounds. Goal: at most ${GOAL}.`,
      '',
      `| what | ${words(few.size)} keys | ${words(many.size)} keys | ratio |`,
      '| --- | --- | --- | --- |',
      ...rows,
      '',
      `Each key for the first time, whatever of its rows the server holds in memory: p50 ${first(0.5).join(' and ')} ms, p95 ${first(0.95).join(' and ')} ms.`,
      '',
    ].join('\n'),
  );
}

/** Rows as a service of that size has them; a few of the keys are those that were drawn. */
async function fill(mariadb, database, size, drawn) {
  const began = performance.now();
  const organizations = Math.max(1, Math.floor(size / 100));
  const users = organizations * 10;
  const accounts = organizations * 2;
  const id = (kind, number) => `CONCAT('${kind}_', LPAD(${number}, 26, '0'))`;
  // `organizations` divides `users` and `accounts`: who owns a key is of the organization that the key is of.
  const organization = (number) => id('org', `${number} % ${organizations}`);
  const owner = `CASE seq % 10 WHEN 0 THEN ${organization('seq')} WHEN 1 THEN ${id('svc', `seq % ${accounts}`)} ELSE ${id('usr', `seq % ${users}`)} END`;
  const kind = "CASE seq % 10 WHEN 0 THEN 'organization' WHEN 1 THEN 'service_account' ELSE 'user' END";
  const now = "'2026-01-15 12:00:00.000'";
  const tables = {
    keystile_organizations: [organizations, { id: organization('seq'), name: "CONCAT('Organization ', seq)", status: "'active'" }],
    keystile_users: [
      users,
      {
        id: id('usr', `seq - 1`),
        email: "CONCAT('user', seq, '@example.com')",
        email_folded: "CONCAT('user', seq, '@example.com')",
        name: "CONCAT('User ', seq)",
        password_hash: "REPEAT('x', 97)",
      },
    ],
    keystile_memberships: [
      users,
      { organization_id: organization('(seq - 1)'), user_id: id('usr', 'seq - 1'), role: id('rol', `(seq - 1) % ${organizations}`) },
    ],
    keystile_roles: [
      organizations,
      {
        id: id('rol', 'seq - 1'),
        organization_id: organization('(seq - 1)'),
        name: "'Integrator'",
        name_folded: "'integrator'",
        description: "'Reads what systems need'",
        scopes: `'["api_key.read","role.read","call_log.read","send_sms"]'`,
      },
    ],
    keystile_service_accounts: [
      accounts,
      {
        id: id('svc', 'seq - 1'),
        organization_id: organization('(seq - 1)'),
        name: "CONCAT('Account ', seq)",
        name_folded: "CONCAT('account ', seq)",
        description: "''",
        role: "'developer'",
      },
    ],
    api_keys: [
      size,
      {
        id: id('key', 'seq'),
        realm: "'default'",
        organization_id: organization('seq'),
        name: "CONCAT('Key ', seq)",
        name_folded: "CONCAT('key ', seq)",
        environment: "'live'",
        scopes: `'["role.read","call_log.read"]'`,
        ip_allowlist: "'[]'",
        referrer_allowlist: "'[]'",
        endpoint_allowlist: "'[]'",
        owner_type: kind,
        owner_id: owner,
        on_owner_removed: "'revoke'",
        metadata: "'{}'",
        secret_issued_at: now,
      },
    ],
    api_key_credentials: [
      size,
      {
        id: id('crd', 'seq'),
        key_id: id('key', 'seq'),
        digest: "SHA2(CONCAT('secret ', seq), 256)",
        lookup_id: "LEFT(SHA2(CONCAT('id ', seq), 256), 12)",
        prefix: "CONCAT('ks_live_', LEFT(SHA2(CONCAT('id ', seq), 256), 12))",
        algorithm: "'hmac-sha256'",
        pepper_id: "'1'",
        state: "'active'",
      },
    ],
    api_key_scopes: [size, { key_id: id('key', 'seq'), scope: "'role.read'" }],
  };
  const fillTable = async (sql, table) => {
    const [count, values] = tables[table];
    const [described] = await sql.query(`SHOW COLUMNS FROM ${table}`);
    const needed = described.filter(({ Null, Field }) => Null === 'NO' && !(Field in values));
    const all = { ...values };
    for (const { Field, Type } of needed) all[Field] = Type.startsWith('datetime') ? now : Type.includes('int') ? '1' : all.id;
    const indices = await takeIndices(sql, table);
    for (let from = 1; from <= count; from += CHUNK) {
      const to = Math.min(count, from + CHUNK - 1);
      await sql.query(`INSERT INTO ${table} (${Object.keys(all)}) SELECT ${Object.values(all)} FROM seq_${from}_to_${to}`);
    }
    if (indices.length > 0) await sql.query(`ALTER TABLE ${table} ${indices.map((index) => `ADD ${index}`)}`);
    if (count >= CHUNK)
      note(`${database}: ${table} after ${Math.round((performance.now() - began) / 1_000)} s, load ${loadavg()[0].toFixed(1)}`);
  };
  // On two connections, as long as the machine has two cores for it.
  const { api_keys: _, ...rest } = tables;
  await Promise.all(
    [['api_keys'], Object.keys(rest).toReversed()].map((names) =>
      mariadb.connected(database, async (sql) => {
        for (const name of names) await fillTable(sql, name);
      }),
    ),
  );
  const step = Math.floor(size / drawn.length);
  await mariadb.connected(database, async (sql) => {
    for (const [i, { digest, algorithm, pepperId, lookupId, prefix }] of drawn.entries()) {
      const row = { digest, algorithm, pepper_id: pepperId, lookup_id: lookupId, prefix };
      // Over all there are, and over every kind of owner.
      const number = 1 + i * step + (i % step);
      const [{ affectedRows }] = await sql.query(`UPDATE api_key_credentials SET ? WHERE id = ${id('crd', number)}`, row);
      if (affectedRows !== 1) throw new Error(`Key ${number} is not there`);
    }
    await sql.query(`ANALYZE TABLE ${Object.keys(tables)}`);
  });
  note(`${words(size)} keys after ${Math.round((performance.now() - began) / 1_000)} s`);
}

/** Drops the secondary indexes of a table: made anew over all rows, they are sorted once. @returns what makes them */
async function takeIndices(sql, table) {
  const [[{ 'Create Table': definition }]] = await sql.query(`SHOW CREATE TABLE ${table}`);
  const indices = definition
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => /^(?:UNIQUE )?KEY /.test(line));
  const names = indices.map((line) => /`([^`]+)`/.exec(line)[1]);
  if (names.length > 0) await sql.query(`ALTER TABLE ${table} ${names.map((name) => `DROP KEY \`${name}\``)}`);
  return indices;
}

/** A server for this bench alone: durable it need not be, and its memory is what is asked for. */
async function startMariadb(folder, pool) {
  mkdirSync(join(folder, 'tmp'));
  const asWhom = process.getuid() === 0 ? ['--user=root'] : [];
  const data = join(folder, 'mariadb');
  execFileSync(
    'mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...asWhom],
    {
      stdio: 'ignore',
    },
  );
  const port = await freePort();
  const server = spawn(
    '/usr/sbin/mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${join(folder, 'tmp')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
    ].concat(
      [
        `--innodb-buffer-pool-size=${pool}`,
        '--innodb-log-file-size=2G',
        '--innodb-flush-log-at-trx-commit=2',
        '--innodb-doublewrite=0',
        '--skip-log-bin',
      ],
      ['--innodb-sort-buffer-size=64M', '--innodb-io-capacity=4000', '--innodb-io-capacity-max=20000'],
      asWhom,
    ),
    { stdio: 'ignore' },
  );
  process.once('exit', () => server.kill('SIGKILL'));
  const connected = async (database, work) => {
    const sql = await require('mysql2/promise').createConnection({ host: '127.0.0.1', port, user: 'root', database });
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  };
  for (const deadline = performance.now() + 60_000; ; await pause(100)) {
    try {
      await connected(undefined, () => undefined);
      break;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
  return {
    url: (database) => `mysql://root@127.0.0.1:${port}/${database}`,
    connected,
    /** Microseconds that all its threads have used. */
    cpu: () => {
      const tasks = `/proc/${server.pid}/task`;
      let nanoseconds = 0;
      for (const task of readdirSync(tasks)) nanoseconds += Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]);
      return nanoseconds / 1_000;
    },
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Until what was written has gone to the disk: for a second at most 5 % of a core are used. */
async function untilQuiet(mariadb) {
  for (let waited = 0; waited < 60; waited++) {
    const before = mariadb.cpu();
    await pause(1_000);
    if (mariadb.cpu() - before < 50_000) return;
  }
  note('MariaDB is still at work after a minute');
}

async function startService(folder, database, mariadb) {
  await mariadb.connected(undefined, (sql) => sql.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`));
  const dataDir = join(folder, database);
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDir,
    DATABASE_URL: mariadb.url(database),
  };
  const child = fork(fileURLToPath(import.meta.url), [], { env, serialization: 'advanced' });
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`A service ended with ${code}`)));
  ended.catch(() => undefined);
  const heard = async () => (await Promise.race([once(child, 'message'), ended]))[0];
  const { url } = await heard();
  return {
    url,
    tell: (message) => {
      child.send(message);
      return heard();
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** In a process of its own: the built service, with the look-up of a key at hand. */
async function serve() {
  const { startService: start } = require('../dist/service.js');
  const { Digests } = require('../dist/keys/digest.js');
  const { KEY_FORMAT, KeyVerifier } = require('../dist/keys/key-verifier.js');
  const service = await start(process.env, { print: () => undefined });
  const [digests, format, verifier] = [Digests, KEY_FORMAT, KeyVerifier].map((token) => service.app.get(token, { strict: false }));
  const keys = [];
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
  const sliceOf = (slice) => (slice === undefined ? keys : keys.filter((_, i) => i % SLICES === slice));
  const answers = {
    cpu: () => ({ cpu: cpu() }),
    draw: (count) =>
      Array.from({ length: count }, () => {
        const { token, ...shown } = format.draw('live');
        keys.push(token);
        return { ...shown, ...digests.make(token) };
      }),
    find: async (slice) => {
      const times = [];
      const before = cpu();
      for (const key of sliceOf(slice)) {
        const began = performance.now();
        const found = await verifier.find(key);
        times.push(performance.now() - began);
        if (!found?.ownStanding?.isActive) throw new Error('A key was not found');
      }
      return { times, cpu: cpu() - before };
    },
    // As after a change in every organization.
    forget: (slice) => {
      verifier.memory.forget(null);
      return { keys: sliceOf(slice), cpu: cpu() };
    },
  };
  const answer = async (message) => {
    const [[name, value]] = typeof message === 'string' ? [[message]] : Object.entries(message);
    process.send(await answers[name](value));
  };
  process.on('message', (message) => void answer(message));
  process.on('disconnect', () => process.exit(0));
  process.send({ url: service.url });
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

/** Of the files of all tables. */
function bytesOf(folder) {
  const files = readdirSync(join(folder, 'mariadb'), { recursive: true }).filter((name) => name.startsWith('keys_'));
  return files.reduce((bytes, name) => bytes + statSync(join(folder, 'mariadb', name)).size, 0);
}

function at(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function median(numbers) {
  return at(numbers, 0.5);
}

function ms(time) {
  return time.toFixed(3);
}

function words(count) {
  return count.toLocaleString('en');
}

function note(line) {
  process.stderr.write(`${line}\n`);
}
