// Between the bench and the servers it measures: each is a process of its own and says what it has used so far.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * In a server: announces itself, and answers every message with its CPU time in microseconds.
 * @param commands what other messages than `cpu` do before that
 */
export function tellCpu(hello, commands = {}) {
  const answer = async (message) => {
    await commands[message]?.();
    const { user, system } = process.cpuUsage();
    process.send(user + system);
  };
  process.on('message', (message) => void answer(message));
  process.on('disconnect', () => process.exit(0));
  process.send(hello);
}

/** In the bench: starts a server and waits until it answers. */
export async function startServer(file, { args = [], env = {} } = {}) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { env: { ...process.env, ...env } });
  const [hello] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`))),
  ]);
  const tell = async (message) => {
    child.send(message);
    const [used] = await once(child, 'message');
    return used;
  };
  return {
    ...hello,
    tell,
    cpu: () => tell('cpu'),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
