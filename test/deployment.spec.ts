import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';

import { IpAllowlist } from '../src/common';
import { SETTINGS } from '../src/config';

const root = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly configs?: ReadonlyArray<{ readonly source: string; readonly target: string }>;
  readonly networks?: { readonly default: { readonly ipv4_address: string } };
  readonly build?: string;
  readonly healthcheck?: object;
}

interface Compose {
  readonly configs: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: { readonly default: { readonly ipam: { readonly config: ReadonlyArray<{ readonly subnet: string }> } } };
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = load(read('docker-compose.yml'), { schema: YAML11_SCHEMA }) as Compose;
const ours = Object.values(compose.services).filter(({ build }) => build !== undefined);

describe('docker-compose.yml', () => {
  it('runs three replicas, each after a database that is healthy', () => {
    expect(ours).toHaveLength(3);
    for (const { depends_on: needs = {} } of ours) {
      expect(needs).toHaveProperty('mysql', { condition: 'service_healthy' });
      for (const name of Object.keys(needs)) expect(compose.services).toHaveProperty(name);
    }
    expect(compose.services.mysql).toHaveProperty('healthcheck');
  });

  it('lets nobody in but through nginx, which knows every replica and is believed by them', () => {
    const { nginx, ...others } = compose.services;
    expect(Object.values(others).flatMap(({ ports = [] }) => ports)).toEqual([]);
    const files = nginx!.configs!.map(({ source, target }) => [target, compose.configs[source]!.file]);
    const upstream = read(files.find(([target]) => target!.endsWith('/upstream.conf'))![1]!);
    const replicas = Object.keys(compose.services).filter((name) => name.startsWith('keystile-'));
    expect([...upstream.matchAll(/server (\S+):3000 /g)].map(([, name]) => name)).toEqual(replicas);
    for (const { environment } of ours) expect(environment!.TRUSTED_PROXIES).toBe(nginx!.networks!.default.ipv4_address);
    const [{ subnet }] = compose.networks.default.ipam.config as [{ subnet: string }];
    expect(new IpAllowlist([subnet]).allows(nginx!.networks!.default.ipv4_address)).toBe(true);
    // The same files as on a machine without containers, but for where to listen and whom to ask.
    expect(files.map(([, file]) => file)).toEqual(
      expect.arrayContaining(['deploy/nginx/keystile.conf', 'deploy/nginx/keystile/proxy.conf']),
    );
  });

  it('sets only what the service knows, and secrets by file only', () => {
    for (const name of ours.flatMap(({ environment = {} }) => Object.keys(environment))) {
      const setting = name.replace(/_FILE$/, '') as keyof typeof SETTINGS;
      expect(SETTINGS).toHaveProperty(setting);
      expect({ name, byFile: name.endsWith('_FILE') }).toEqual({ name, byFile: SETTINGS[setting].secret });
    }
  });

  it('gives production what it refuses to start without', () => {
    for (const { environment } of ours) {
      expect(Object.keys(environment ?? {})).toEqual(
        expect.arrayContaining(['KEY_PEPPERS_FILE', 'JWT_SIGNING_KEYS_FILE', 'AUDIT_SIGNING_KEYS_FILE', 'DATABASE_URL_FILE']),
      );
    }
  });

  it('mounts every secret that it names, each from a file that the script makes and git does not see', () => {
    const script = read('deploy/make-secrets.sh');
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`deploy/secrets/${name}`);
      expect(script).toMatch(new RegExp(`keep ${name}$`, 'm'));
    }
    for (const { environment = {}, secrets = [] } of Object.values(compose.services)) {
      const named = Object.values(environment).flatMap((value) => /^\/run\/secrets\/(\w+)$/.exec(value)?.slice(1) ?? []);
      expect([...secrets].toSorted()).toEqual(named.toSorted());
    }
    expect(read('.gitignore')).toMatch(/^deploy\/secrets\/$/m);
  });

  it('keeps what has to last in volumes of its own', () => {
    const used = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]!));
    expect(new Set(used).size).toBe(used.length);
    expect(Object.keys(compose.volumes).toSorted()).toEqual(used.toSorted());
  });
});

describe('the Dockerfile', () => {
  const instructions = read('Dockerfile')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('is made of instructions that Docker knows, in stages that exist', () => {
    const stages = instructions.flatMap((line) => /^FROM \S+ AS (\S+)$/.exec(line)?.slice(1) ?? []);
    for (const line of instructions) expect(line).toMatch(/^(?:FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|CMD) /);
    for (const [, stage] of read('Dockerfile').matchAll(/--from=(\S+)/g)) expect(stages).toContain(stage);
  });

  it('copies what is there', () => {
    const copied = instructions.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(' ') ?? []);
    expect(copied).toContain('docs');
    const allowed = read('.dockerignore');
    for (const path of copied) {
      expect({ path, exists: existsSync(join(root, path)) }).toEqual({ path, exists: true });
      expect(allowed).toContain(`!${path.split('/', 1)[0]!}`);
    }
  });

  it('does not run as root, and says whether it is well', () => {
    const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last.findIndex((line) => line === 'USER node')).toBeLessThan(last.findIndex((line) => line.startsWith('CMD')));
    expect(last.some((line) => line.startsWith('HEALTHCHECK') && line.includes('/health/ready'))).toBe(true);
  });

  it('sets only what the service knows', () => {
    const environment = instructions.find((line) => line.startsWith('ENV '))!;
    const names = [...environment.matchAll(/(\w+)=/g)].map(([, name]) => name!);
    expect(names.filter((name) => !(name in SETTINGS))).toEqual([]);
  });
});
