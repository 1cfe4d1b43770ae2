/**
 * Ends the servers of a starter that died without ending them itself (kill -9, out of memory). The starter holds our standard
 * input open and names each server on it, one JSON line each: {"add":{pid,started,signal,order,grace_ms}} or {"remove":pid}.
 * When it closes, what is still named gets its signal, in the order of `order`, and SIGKILL after its grace time.
 */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const servers = new Map();

/** The same text as `processStart` of runtime/process-identity.ts, which no plain Node program can import. */
function processStart(pid) {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return null; // no such process: nothing to end
  }
}

const alive = (server) => processStart(server.pid) === server.started;

function send(server, signal) {
  try {
    process.kill(server.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function end(server) {
  if (!alive(server)) return;
  send(server, server.signal);
  for (const deadline = Date.now() + server.grace_ms; Date.now() < deadline; await sleep(50)) {
    if (!alive(server)) return;
  }
  send(server, 'SIGKILL');
}

// The starter's terminal sends its Ctrl-C to us too; the starter decides what it means.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const { add, remove } = JSON.parse(line);
  if (add) servers.set(add.pid, add);
  if (remove) servers.delete(remove);
}
const orders = [...new Set([...servers.values()].map((server) => server.order))].sort((a, b) => a - b);
for (const order of orders) {
  await Promise.all([...servers.values()].filter((server) => server.order === order).map(end));
}
