import { ConsoleLogger, Logger } from '@nestjs/common';

/** What is logged as a warning or an error from now on, in place of being printed. */
export function hearLog(): string[] {
  const said: string[] = [];
  const logger = new ConsoleLogger();
  for (const level of ['warn', 'error'] as const) {
    jest.spyOn(logger, level).mockImplementation((...words: unknown[]) => void said.push(String(words[0])));
  }
  Logger.overrideLogger(logger);
  return said;
}
