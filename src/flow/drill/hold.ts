import { MORE_THAN_ANY } from '../../drill/hand-over.js';
import type { NodeClient } from '../../redis/client.js';
import { GUARD } from '../left-hold.js';
import { settingOf } from '../tell.js';
import { NEVER, waitFor } from '../wait.js';

/** How long a master that does not answer is asked again to take a setting (ms). */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 50;

/** Writes held back on a master. */
export interface Hold {
  /** Have it last for as long as it takes: a pause ends by itself. */
  keep(): Promise<void>;
  /** True once nothing but the pause is left of it; false when the master cannot be told. */
  lift(): Promise<boolean>;
  /** Let those go on who wait. */
  resume(): Promise<void>;
}

/**
 * No write is accepted from here on. From 6.2 on writers wait for `pauseMs`, and get NOREPLICAS
 * after that if it is kept. Before, a pause would stop every command and hide the offset; there they
 * get NOREPLICAS at once, which a client counts as not written. Before 7.0 a Lua script is not
 * bound by that (scripting.c, luaRedisGenericCommand).
 * @param usual the guard that the spec asks for, put back where a hold was left behind
 * @throws Error when the master does not take it
 */
export async function holdWrites(
  client: NodeClient,
  pauseMs: number,
  usual: number,
): Promise<Hold> {
  const was = Number((await settingOf(client, GUARD)) ?? usual);
  const before = was === MORE_THAN_ANY ? usual : was;
  const { pause } = await client.ask({ pause: ['CLIENT', 'PAUSE', pauseMs, 'WRITE'] });
  const keep = async () => void (await client.call('CONFIG', 'SET', GUARD, MORE_THAN_ANY));
  if (!pause.ok) await keep();
  return {
    keep,
    lift: () => insist(client, before),
    resume: async () => {
      if (pause.ok) await client.ask({ unpause: ['CLIENT', 'UNPAUSE'] });
    },
  };
}

/** Whether it answers now or in a moment: whoever asked for the hold sees it through. */
async function insist(client: NodeClient, value: number): Promise<boolean> {
  const done = await waitFor(
    async () => {
      const { set } = await client.ask({ set: ['CONFIG', 'SET', GUARD, value] });
      return set.ok ? true : undefined;
    },
    { deadline: Date.now() + PATIENCE_MS, everyMs: AGAIN_MS, signal: NEVER },
  );
  return done === true;
}
