// node bench/dashboard-scale.mjs [--data <folder> --password <its password>] [--keys 10000] [--calls 1000000] [--rounds 5], after `npm run build`:
// how long each screen of the dashboard takes to be complete, from its address to its last figure, on the embedded database, and what it
// asks of the API for that. Without --data it fills a folder by `keystile demo` first, which takes some minutes.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const GOAL_MS = 1_000;
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    password: { type: 'string' },
    keys: { type: 'string', default: '10000' },
    calls: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
  },
});
const require = createRequire(import.meta.url);
const { startService } = require('../dist/service.js');
const { fillDemo } = require('../dist/cli/demo.js');

const dataDir = values.data ? resolve(values.data) : mkdtempSync(join(tmpdir(), 'keystile-scale-'));
const password = values.data
  ? values.password
  : (await fillDemo(dataDir, { keys: Number(values.keys), calls: Number(values.calls) })).password;
const service = await startService({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }, { print: () => undefined });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking'],
  chromiumSandbox: false,
});
try {
  await measure();
} finally {
  await browser.close();
  await service.stop();
  if (!values.data) rmSync(dataDir, { recursive: true });
}

async function measure() {
  const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, timezoneId: 'Europe/Berlin' });
  const signedIn = await context.request.post(`${service.url}/v1/auth/login`, {
    data: { email: 'olivia@acme.example', password, transport: 'cookie' },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  if (!signedIn.ok()) throw new Error(`Signing in was answered with ${signedIn.status()}`);
  const read = async (path) => (await context.request.get(service.url + path)).json();
  const key = (await read('/v1/api-keys?q=Customer%2000001&limit=1')).data[0].id;
  const screens = [
    ['API keys', '/keys'],
    ['API keys, searched', '/keys?q=Customer%2009'],
    ['one key', `/keys/${key}`],
    ['Usage, 24 hours', '/usage'],
    ['Usage, 30 days', '/usage?range=30d'],
    ['Calls, 24 hours', '/calls'],
    ['Calls of a key, 30 days', `/calls?range=30d&keyId=${key}`],
    ['Calls by a rare code, 30 days', '/calls?range=30d&code=referrer_not_allowed'],
    ['Audit trail', '/audit'],
    ['Members', '/members'],
    ['Roles', '/roles'],
    ['Service accounts', '/service-accounts'],
    ['Organization', '/organization'],
    ['Health', '/health'],
  ];
  const page = await context.newPage();
  const rounds = Number(values.rounds);
  const lines = [];
  for (const [name, path] of screens) {
    await open(page, path);
    const results = [];
    for (let round = 0; round < rounds; round++) results.push(await open(page, path));
    const of = (field) => median(results.map((result) => result[field]));
    lines.push([name, of('complete'), Math.max(...results.map(({ complete }) => complete)), of('slowest'), of('answers'), of('kilobytes')]);
    console.log(lines.at(-1).join('  '));
  }
  console.log(`\nload ${loadavg()[0].toFixed(0)}, ${rounds} rounds, Node ${process.versions.node}\n`);
  console.log(
    '| screen | complete, median | slowest round | slowest answer of the API | answers | kB |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const [name, complete, worst, slowest, answers, kilobytes] of lines) {
    console.log(`| ${name} | ${complete} ms | ${worst} ms | ${slowest} ms | ${answers} | ${kilobytes} |`);
  }
  const late = lines.filter(([, complete]) => complete > GOAL_MS);
  console.log(late.length === 0 ? `\nall within ${GOAL_MS} ms` : `\nbeyond ${GOAL_MS} ms: ${late.map(([name]) => name).join(', ')}`);
}

/** Opens a screen as from a bookmark, its files in the cache of the browser, and waits until nothing is loading any more. */
async function open(page, path) {
  await page.goto('about:blank');
  await page.goto(`${service.url}/api-management${path}`, { waitUntil: 'commit' });
  const complete = await page.evaluate(
    `new Promise((resolve) => {
       let quiet = 0;
       const look = () => {
         const isLoading = !document.querySelector('h1') || document.querySelector('[class*="Skeleton-root"], [aria-busy="true"]');
         if (isLoading) quiet = 0;
         else quiet ||= performance.now();
         // What a screen asks after its first answer comes within a moment.
         if (quiet && performance.now() - quiet > 400) resolve(quiet);
         else setTimeout(look, 5);
       };
       look();
     })`,
  );
  const answers = await page.evaluate(
    `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/v1/')).map(({ duration, decodedBodySize }) => [duration, decodedBodySize])`,
  );
  return {
    complete: Math.round(complete),
    slowest: Math.round(Math.max(0, ...answers.map(([duration]) => duration))),
    answers: answers.length,
    kilobytes: Math.round(answers.reduce((sum, [, bytes]) => sum + bytes, 0) / 1_000),
  };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
