import { createHash, randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { kill, pid, platform } from 'node:process';
import { codeOf } from '../model/errors.js';

/**
 * Who holds a lock, in one word: `PID.START.BOOT.SPACE.RANDOM`. START is when the process began (clock
 * ticks since the boot, proc(5), stat, field 22), BOOT which boot of which kernel, SPACE the number
 * of its PID namespace, RANDOM which of its locks. Elsewhere than on Linux START and SPACE are 0. At
 * most 59 bytes, which ext4 keeps in the inode of a symbolic link.
 */
export type Holder = string;

/** This process, for one lock. */
export async function ownHolder(): Promise<Holder> {
  const { start, boot, space } = await here();
  return [pid, start, boot, space, randomBytes(4).toString('hex')].join('.');
}

/** Undefined where this process cannot know: in another PID namespace, boot or machine. */
export async function isAlive(holder: Holder): Promise<boolean | undefined> {
  const [its, start, boot, space] = holder.split('.');
  const own = await here();
  const id = Number(its);
  if (boot !== own.boot || space !== own.space || !(id > 0)) return undefined;
  // Signal 0 ends nobody, and sees those that /proc may hide (proc(5), hidepid).
  if (!exists(id)) return false;
  const stat = await statOf(id);
  if (stat === undefined) return undefined;
  return stat.start === start && !/[ZX]/.test(stat.state);
}

function exists(id: number): boolean {
  try {
    kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

interface Here {
  readonly start: string;
  readonly boot: string;
  readonly space: string;
}

let known: Promise<Here> | undefined;

function here(): Promise<Here> {
  known ??= look();
  return known;
}

async function look(): Promise<Here> {
  if (platform !== 'linux') return { start: '0', boot: short(hostname()), space: '0' };
  const [stat, boot, space] = await Promise.all([
    statOf('self'),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(hostname),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  return { start: stat?.start ?? '0', boot: short(boot), space: space.replace(/\D/g, '') || '0' };
}

function short(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex').slice(0, 12);
}

/** The name of a program may hold anything; the fields follow its last bracket. */
async function statOf(id: number | 'self'): Promise<{ state: string; start: string } | undefined> {
  const text = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields?.[0], fields?.[19]];
  return state === undefined || start === undefined ? undefined : { state, start };
}
