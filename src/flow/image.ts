import { failedWith } from '../engine/engine.js';
import { LOCAL_IMAGE } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { ImageChoice } from '../model/spec.js';
import { isAtLeast, type ServerProgram } from '../model/version.js';
import * as z from '../spec/zod.js';
import type { Context } from './context.js';
import { remembered } from './remembered.js';

/** An image that is on the engine, and what server it holds. */
export interface ReadyImage extends ServerProgram {
  readonly ref: string;
  /** Names its content. */
  readonly id: string;
}

const PROGRAM = z.object({ server: z.string(), version: z.string() });

const PROBE = `for s in redis-server valkey-server; do
  if command -v "$s" >/dev/null; then echo "$s"; exec "$s" --version; fi
done
exit 1`;

/**
 * Make sure that the image is there, and find out what it holds. Where the user named none and
 * the default is absent, an image made by `rsent image build` stands in for it.
 * @throws EngineError `pull-failed`; RsentError `spec` when it holds no server
 */
export async function prepareImage(context: Context, choice: ImageChoice): Promise<ReadyImage> {
  const { engine, progress } = context;
  const found = await engine.findImage(choice.ref);
  if (found !== undefined) return known(context, choice.ref, found.id);
  const standIn = choice.named ? undefined : await engine.findImage(LOCAL_IMAGE);
  if (standIn !== undefined) {
    progress.note(`${choice.ref} is not here; using ${LOCAL_IMAGE}, made by rsent image build`);
    return known(context, LOCAL_IMAGE, standIn.id);
  }
  await pullWithProgress(context, choice.ref);
  const pulled = await engine.findImage(choice.ref);
  if (pulled === undefined)
    throw new RsentError('engine', `${choice.ref} was pulled, but is not here.`);
  return known(context, choice.ref, pulled.id);
}

/** True from 7.0 on (every Valkey included), where SENTINEL DEBUG exists. */
export function knowsSentinelDebug(version: string): boolean {
  return isAtLeast(version, '7.0.0');
}

/** True from 6.2 on, where sentinel.conf can have users (redis.io/docs, Sentinel, ACL). */
export function knowsSentinelUsers(version: string): boolean {
  return isAtLeast(version, '6.2.0');
}

async function pullWithProgress({ engine, progress, signal }: Context, ref: string): Promise<void> {
  progress.stage(`Pulling ${ref}`);
  try {
    await engine.pullImage(
      ref,
      ({ doneBytes, totalBytes }) => progress.detail(bar(doneBytes, totalBytes)),
      signal,
    );
    progress.done(`Pulled ${ref}`);
  } catch (error) {
    progress.failed(`Could not pull ${ref}`);
    if (signal.aborted) throw new RsentError('interrupted', 'Interrupted.', { cause: error });
    throw error;
  }
}

function bar(done: number, total: number): string {
  const WIDTH = 24;
  const share = total === 0 ? 0 : done / total;
  const full = Math.round(share * WIDTH);
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${megabytes(done)} of ${megabytes(total)} MB`;
}

async function known(context: Context, ref: string, id: string): Promise<ReadyImage> {
  const ask = () => askImage(context, ref);
  return { ref, id, ...(await remembered(context, 'images.json', id, PROGRAM, ask)) };
}

async function askImage({ engine }: Context, ref: string): Promise<ServerProgram> {
  const { exitCode, output } = await engine
    .runOnce(ref, ['sh', '-c', PROBE])
    .catch((error: unknown) => {
      if (failedWith(error, 'cannot-run')) return { exitCode: 1, output: error.message };
      throw error;
    });
  const asked = parseProgram(output);
  if (exitCode === 0 && asked !== undefined) return asked;
  throw new RsentError('spec', `The image ${ref} holds neither redis-server nor valkey-server.`, {
    hint: `Name an image of Redis or Valkey that has a shell too. It said: ${output.trim() || '(nothing)'}`,
  });
}

const SERVER_LINE = /^(redis-server|valkey-server)(?=\s)/m;
const SERVER_VERSION = /\bv=v?(\d{1,9}(?:\.\d{1,9}){0,2})/;

/**
 * The program's name and the version it claims. Builds of one's own may append words to it
 * (7.0.15-foo), leave its last number out, or count from 255.255.255 on, as unstable ones do.
 * @param output its name on the first line, then `Redis server v=7.0.15 sha=…`
 */
export function parseProgram(output: string): ServerProgram | undefined {
  const named = SERVER_LINE.exec(output);
  const said =
    named === null ? null : SERVER_VERSION.exec(output.slice(named.index + named[0].length));
  if (named?.[1] === undefined || said?.[1] === undefined) return undefined;
  const [major, minor = '0', patch = '0'] = said[1].split('.');
  return { server: named[1], version: `${major}.${minor}.${patch}` };
}
