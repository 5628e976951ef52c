import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** Processes of this machine that were started with this text in their arguments. */
export async function pidsNaming(text: string): Promise<number[]> {
  const all = await everyPid();
  const lines = await Promise.all(all.map((pid) => readProc(pid, 'cmdline')));
  return all.filter((_, i) => lines[i]?.includes(text));
}

/** These processes and all that they have started, and those in turn. */
export async function descendantsOf(pids: readonly number[]): Promise<number[]> {
  const all = await everyPid();
  const parents = new Map<number, number>();
  for (const pid of all) {
    const status = await readProc(pid, 'status');
    parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
  }
  const found = new Set(pids);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** False for one that has ended, whether or not anybody has asked how. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function everyPid(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

function readProc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
