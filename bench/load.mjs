// Load by bare sockets: a client of node:http costs more than the servers that are measured, and keeps them from being saturated.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const END_OF_HEAD = '\r\n\r\n';

/** One connection that asks the same thing again and again. */
class Caller {
  #pending = '';
  #answered;

  constructor(socket, request) {
    this.socket = socket;
    this.request = request;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk) => this.#read(chunk));
  }

  /** @returns when the answer is there; throws unless it is 200 */
  ask() {
    return new Promise((resolve, reject) => {
      this.#answered = (head) => (head.startsWith('HTTP/1.1 200 ') ? resolve() : reject(new Error(head)));
      this.socket.write(this.request);
    });
  }

  #read(chunk) {
    this.#pending += chunk;
    const end = this.#pending.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#pending)[1]);
    if (this.#pending.length < end + END_OF_HEAD.length + length) return;
    const head = this.#pending.slice(0, end);
    this.#pending = '';
    this.#answered(head);
  }
}

/** @param path what is got; @param token as whom */
export async function openCallers(url, path, token, count) {
  const { hostname, port, host } = new URL(url);
  const authorization = token ? `Authorization: Bearer ${token}\r\n` : '';
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench/1\r\nAccept: */*\r\n${authorization}\r\n`;
  const callers = [];
  for (let i = 0; i < count; i++) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    callers.push(new Caller(socket, request));
  }
  return callers;
}

/** Each caller asks again as soon as it is answered. */
export async function closedLoop(callers, calls) {
  let left = calls;
  const ask = async (caller) => {
    while (left-- > 0) await caller.ask();
  };
  await Promise.all(callers.map(ask));
}

/** Calls arrive at their times, whether those before are answered or not, as far as there are callers. */
export async function openLoop(callers, calls, perSecond) {
  const free = [...callers];
  const start = performance.now();
  let asked = 0;
  let failure;
  const ask = async (caller) => {
    try {
      await caller.ask();
      free.push(caller);
    } catch (error) {
      failure = error;
    }
  };
  while (asked < calls || free.length < callers.length) {
    if (failure) throw new Error('A call failed', { cause: failure });
    const due = Math.min(calls, Math.floor(((performance.now() - start) * perSecond) / 1000));
    for (; asked < due && free.length > 0; asked++) void ask(free.pop());
    await pause(1);
  }
}
