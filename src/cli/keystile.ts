#!/usr/bin/env node
import { runCommand } from './command';

const output = {
  out: (line: string) => void process.stdout.write(`${line}\n`),
  error: (line: string) => void process.stderr.write(`${line}\n`),
};

runCommand(process.argv.slice(2), process.env, output).then(
  (code) => process.exit(code),
  (error: unknown) => {
    output.error(String(error));
    process.exit(1);
  },
);
