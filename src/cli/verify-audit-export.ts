import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { type ExportVerdict, readCheckpoints, readPublicKeys, verifyExport } from '../audit';
import { escapeControls } from '../common';
import type { Output } from './output';

/** `keystile audit verify`: says what is proven, and what is not. @returns whether the export is whole */
export async function verifyAuditExport(words: readonly string[], { out, error }: Output): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { checkpoint: { type: 'string', multiple: true }, keys: { type: 'string' } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new Error('name one export: keystile audit verify export.ndjson');
  const checkpoints = (values.checkpoint ?? []).flatMap((file) => readCheckpoints(readFileSync(file, 'utf8')));
  const keys = values.keys === undefined ? null : readPublicKeys(readFileSync(values.keys, 'utf8'));
  const verdict = await verifyExport(linesOf(path), { checkpoints, keys });
  const { broken, events } = verdict;
  // It comes from the file, and a terminal does what control characters say.
  const chain = verdict.chain && escapeControls(verdict.chain);
  if (broken) {
    error(`BROKEN at event ${broken.sequence}: it ${escapeControls(broken.reason)}.`);
    return false;
  }
  if (checkpoints.length > 0 && verdict.checkpoints === 0) {
    error(`None of the checkpoints is of this chain${chain === null ? '' : `, ${chain}`}.`);
    return false;
  }
  out(`Whole: events 1 to ${events}${chain === null ? '' : ` of ${chain}`}. None before the last is missing, changed or out of place.`);
  for (const line of remarks(verdict, keys !== null)) out(line);
  return true;
}

function remarks({ checkpoints, signatures, erased }: ExportVerdict, hasKeys: boolean): string[] {
  return [
    checkpoints === 0
      ? 'Not proven: that nothing was cut off the end, or that the chain was not made anew. Give a --checkpoint that was kept elsewhere.'
      : `Agrees with ${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'}${hasKeys ? `, ${signatures} signature${signatures === 1 ? '' : 's'} checked` : ''}.`,
    ...(checkpoints > 0 && !hasKeys ? ['Not proven: who signed the checkpoints. Give the --keys that were kept elsewhere.'] : []),
    ...(erased > 0 ? [`Of ${erased} event${erased === 1 ? '' : 's'} the personal fields were erased.`] : []),
  ];
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path, 'utf8');
  // What else ends a line for `readline` cannot stand in an export.
  yield* createInterface({ input, crlfDelay: Infinity });
}
