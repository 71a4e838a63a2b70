import { startService } from './service';
import { SettingsError } from './config';

async function main(): Promise<void> {
  const service = await startService(process.env, { print: (line) => process.stdout.write(`${line}\n`) });
  const stop = (signal: NodeJS.Signals): void => {
    // Somebody at a terminal does not want to wait.
    service.stop({ drained: signal === 'SIGTERM' }).then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('SIGTERM', ignoreRepeats);
}

/** A second signal while draining changes nothing. */
function ignoreRepeats(): void {
  // The first one is being carried out.
}

function fail(error: unknown): void {
  const words = error instanceof SettingsError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
}

main().catch(fail);
