import { passwordFile } from '../model/access.js';
import type { ComposeHealthCheck } from '../model/compose.js';
import { tlsFiles } from '../model/inside.js';
import type { TopologySpec } from '../model/spec.js';
import type { NodePlacement } from '../model/topology.js';
import { clientCommand } from './client-command.js';

/** Name of the secret that Compose mounts: the application's password. */
export const SECRET = passwordFile('app');
/** Where the Compose specification has it mounted. */
const SECRET_FILE = `/run/secrets/${SECRET}`;

/** Each check is a process in the container and a connection: seldom enough to cost little. */
const EVERY = '5s';
/** redis-cli waits for ever where nobody answers. */
const LIMIT = '3s';
const RETRIES = 3;
/** For a data node that loads its data; one that answers before is healthy at once. */
const START_PERIOD = '120s';

/** Needs no program but a shell and the client. What was answered instead is kept by the engine. */
const PROGRAM =
  'reply=$("$@" <"$0"); case $reply in PONG|"OK "*) exit 0;; esac; echo "$reply"; exit 1';

/**
 * A data node is healthy when it answers and has loaded its data; no more is asked of it, as one
 * that woke up as the replica of another would else wait for one that is started after it. A
 * Sentinel is when it sees enough others for its quorum and for the majority that a failover needs.
 */
export function healthCheck(
  { kind, address }: NodePlacement,
  { masterName, security }: TopologySpec,
): ComposeHealthCheck {
  const { auth, acl, tls } = security;
  const client = clientCommand({
    port: address.port,
    ...(tls ? { authorityFile: tlsFiles({}).authority } : {}),
    ...(acl ? { user: 'app' } : {}),
    ...(auth ? { password: 'first line of stdin' } : {}),
    args: kind === 'redis' ? ['PING'] : ['SENTINEL', 'CKQUORUM', masterName],
  });
  return {
    test: ['CMD', '/bin/sh', '-c', PROGRAM, auth ? SECRET_FILE : '/dev/null', ...client],
    ...{ interval: EVERY, timeout: LIMIT, retries: RETRIES, start_period: START_PERIOD },
  };
}
