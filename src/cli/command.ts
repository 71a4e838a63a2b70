import { type Environment, newPeppers, newSigningKeys, SETTINGS, SettingsError } from '../config';
import { PepperReport } from '../keys';
import { SetupService } from '../organizations';
import { withServiceParts } from '../service';
import type { Output } from './output';
import { printPepperStatus } from './pepper-status';
import { verifyAuditExport } from './verify-audit-export';

type Run = (words: readonly string[], environment: Environment, output: Output) => Promise<boolean>;

interface Command {
  readonly usage: string;
  readonly does: string;
  /** @returns whether it did what it was asked */
  readonly run: Run;
  /** The exit code where it could not even try. Default: 1. */
  readonly failsWith?: number;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'setup-link': {
    usage: 'setup-link',
    does: 'prints a new one-time link that makes the first owner',
    run: async (_words, environment, { out, error }) => {
      const link = await withServiceParts(environment, (app) => app.get(SetupService).mintSetupLink());
      if (link === null) error('There is an owner already. To let somebody back in: keystile reset-link <email>');
      else out(link);
      return link !== null;
    },
  },
  'reset-link': {
    usage: 'reset-link <email>',
    does: 'prints a one-time link with which a person sets a new password',
    run: async ([email], environment, { out, error }) => {
      if (!email) return false;
      const link = await withServiceParts(environment, (app) => app.get(SetupService).mintResetLink(email));
      if (link === null) error('Nobody has this e-mail address.');
      else out(link);
      return link !== null;
    },
  },
  migrate: {
    usage: 'migrate',
    does: 'brings the database up to this version; starting the service does the same',
    run: async (_words, environment, { out }) => {
      await withServiceParts(environment, () => Promise.resolve());
      out('The database is up to date.');
      return true;
    },
  },
  secrets: {
    usage: 'secrets',
    does: 'prints new secrets as settings, for an installation with several replicas',
    run: (_words, _environment, { out }) => {
      out(`KEY_PEPPERS=${newPeppers()}`);
      out(`JWT_SIGNING_KEYS=${newSigningKeys()}`);
      out(`AUDIT_SIGNING_KEYS=${newSigningKeys()}`);
      return Promise.resolve(true);
    },
  },
  audit: {
    usage: 'audit verify <export.ndjson> [--checkpoint <file>] [--keys <file>]',
    does: 'checks an export of audit events, without service and database, and names the first bad event',
    run: ([verb, ...words], _environment, output) => (verb === 'verify' ? verifyAuditExport(words, output) : Promise.resolve(false)),
    // 1 means that the export is broken.
    failsWith: 2,
  },
  pepper: {
    usage: 'pepper status',
    does: 'prints how many secrets of keys need which pepper of KEY_PEPPERS, and which one may go',
    run: async ([verb], environment, output) => {
      if (verb !== 'status') return false;
      return printPepperStatus(await withServiceParts(environment, (app) => app.get(PepperReport).read()), output);
    },
  },
  demo: {
    usage: 'demo [folder] [--keys <number>] [--calls <number>]',
    does: 'fills a folder with an organization to look at, and prints how to sign in',
    // It is much, and the other commands need nothing of it.
    run: (words, environment, output) => (require('./demo') as typeof import('./demo')).demoCommand(words, environment, output),
  },
  settings: {
    usage: 'settings',
    does: 'prints every setting with its default',
    run: (_words, _environment, { out }) => {
      for (const [name, { description, fallback, expected }] of Object.entries(SETTINGS)) {
        out(`${name}${fallback === undefined || fallback === '' ? '' : ` = ${fallback}`}`);
        out(`    ${description} Expected: ${expected}.`);
      }
      out('Each setting NAME can also be given as NAME_FILE, the path of a file that holds the value.');
      return Promise.resolve(true);
    },
  },
};

/** Runs one command. @returns the exit code */
export async function runCommand(words: readonly string[], environment: Environment, output: Output): Promise<number> {
  const [name = '', ...rest] = words;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const widest = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
    output.error(
      `Usage: keystile <command>\n${Object.values(COMMANDS)
        .map(({ usage, does }) => `  ${usage.padEnd(widest)}  ${does}`)
        .join('\n')}`,
    );
    return 2;
  }
  try {
    return (await command.run(rest, environment, output)) ? 0 : 1;
  } catch (error) {
    output.error(
      error instanceof SettingsError ? error.message : `keystile ${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return command.failsWith ?? 1;
  }
}
