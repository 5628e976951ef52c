import { MASTERAUTH_QUESTION, watchingWords } from '../health/passwords.js';
import { fieldsIn, settingIn } from '../health/raw.js';
import type { Passwords } from '../model/access.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Command } from '../redis/client.js';
import type { Own } from './restore-sentinel.js';
import type { Listener, Told } from './tell.js';

const HIDDEN = { was: 'changed by hand', now: 'as rsent gave it' };

/** True where passwords are rsent's to give, and are known. */
export function mayRestore(
  { spec, unfinished }: TopologyRecord,
  passwords: Passwords | undefined,
): boolean {
  if (spec.templates !== undefined || unfinished?.rotating === 'password') return false;
  return !spec.security.auth || passwords !== undefined;
}

/**
 * Give a data node the password again that it says to its master, where it has another one, and let it
 * keep that.
 * @param passwords absent where nobody needs one
 * @param told what was put right is added, without passwords
 * @throws Error with the server's words when it does not take it
 */
export async function restoreMasterauth(
  { name, client }: Listener,
  passwords: Passwords | undefined,
  told: Told[],
): Promise<void> {
  const wanted = passwords?.replication ?? '';
  const { masterauth } = await client.ask(MASTERAUTH_QUESTION);
  const was = settingIn(masterauth);
  if (was === undefined || was === wanted) return;
  await client.call('CONFIG', 'SET', 'masterauth', wanted);
  await client.call('CONFIG', 'REWRITE');
  told.push({ node: name, name: 'masterauth', ...HIDDEN });
}

/**
 * The same of what a Sentinel says to its peers and to data nodes. It keeps what it is told by itself,
 * and connects again with it (sentinel.c, sentinelConfigSetCommand, sentinelSetCommand).
 * @param own its conf, too: no command tells what it says to data nodes
 */
export async function restoreWatcher(
  { name, client }: Listener,
  { spec }: Pick<TopologyRecord, 'spec'>,
  { replies, conf }: Own,
  passwords: Passwords | undefined,
  told: Told[],
): Promise<void> {
  const { masterName, security } = spec;
  const pass = passwords?.sentinel ?? '';
  const user = security.acl ? 'sentinel' : '';
  const known = fieldsIn(replies['sentinel config']);
  const peers = {
    pass: known?.get('sentinel-pass') ?? pass,
    user: known?.get('sentinel-user') ?? user,
  };
  const watched = conf === undefined ? undefined : watchingWords(conf, masterName);
  const set = async (what: string, ...command: Command) => {
    await client.call(...command);
    told.push({ node: name, name: what, ...HIDDEN });
  };
  if (peers.user !== user)
    await set('sentinel-user', 'SENTINEL', 'CONFIG', 'SET', 'sentinel-user', user);
  if (peers.pass !== pass && !(peers.pass === '' && !security.acl))
    await set('sentinel-pass', 'SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', pass);
  if (watched && watched.user !== user)
    await set('auth-user', 'SENTINEL', 'SET', masterName, 'auth-user', user);
  if (watched && watched.pass !== pass)
    await set('auth-pass', 'SENTINEL', 'SET', masterName, 'auth-pass', pass);
}
