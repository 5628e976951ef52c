import type { Connection } from '../model/connection.js';
import {
  addressText,
  fromHere,
  type NodePlacement,
  ofKind,
  type TopologyRecord,
} from '../model/topology.js';

/** Where a topology keeps what its clients need; there only where the topology has it. */
export interface ConnectionFiles {
  readonly passwordFile: string;
  readonly authorityFile: string;
}

/**
 * All facts of the connection to a topology: the only place that knows how it is reached.
 * @param isHere for a client on this host, wherever the others are
 */
export function connectionOf(
  record: TopologyRecord,
  files: ConnectionFiles,
  isHere: boolean,
): Connection {
  const { spec, placement } = record;
  const { auth, acl, tls, givenCertificate } = spec.security;
  const isInside = spec.reach.clients === 'containers' && !isHere;
  const reachedAt = ({ address, published }: NodePlacement) =>
    isInside ? address : fromHere(published);
  return {
    topology: spec.name,
    masterName: spec.masterName,
    sentinels: ofKind(placement.nodes, 'sentinel').map(reachedAt),
    routes: placement.nodes.map((node) => ({
      node: node.name,
      announced: node.address,
      reached: reachedAt(node),
    })),
    ...(isInside ? { network: placement.network } : {}),
    ...(acl ? { user: 'app' } : {}),
    ...(auth ? { passwordFile: files.passwordFile } : {}),
    ...(tls ? { authorityFile: files.authorityFile } : {}),
    ...(tls && givenCertificate ? { anyName: givenCertificate } : {}),
  };
}

/** The Sentinels, `host:port` and commas. */
export function sentinelList({ sentinels }: Connection): string {
  return sentinels.map(addressText).join(',');
}

/**
 * `redis+sentinel://[user[:password]@]host:port,…/MASTER/0`, `rediss+sentinel` with TLS.
 * @param password left out where it is not to be seen; else the Sentinels' is named, too
 */
export function urlOf(connection: Connection, password?: string): string {
  const { user, masterName, authorityFile } = connection;
  const scheme = authorityFile === undefined ? 'redis+sentinel' : 'rediss+sentinel';
  const secret = password === undefined ? '' : `:${percent(password)}`;
  const who = `${user === undefined ? '' : percent(user)}${secret}`;
  const options = [
    ...(user === undefined ? [] : [`sentinel_username=${percent(user)}`]),
    ...(password === undefined ? [] : [`sentinel_password=${percent(password)}`]),
  ];
  const query = options.length === 0 ? '' : `?${options.join('&')}`;
  const at = `${who === '' ? '' : `${who}@`}${sentinelList(connection)}`;
  return `${scheme}://${at}/${percent(masterName)}/0${query}`;
}

/**
 * The same facts as environment variables; undefined is one that must not be there, as it would
 * be that of another topology.
 * @param password of the application, where the topology has one
 */
export function environmentOf(
  connection: Connection,
  password: string | undefined,
): Readonly<Record<string, string | undefined>> {
  return {
    REDIS_SENTINELS: sentinelList(connection),
    REDIS_MASTER_NAME: connection.masterName,
    REDIS_URL: urlOf(connection, password),
    REDIS_USERNAME: connection.user,
    REDIS_PASSWORD: password,
    REDIS_PASSWORD_FILE: connection.passwordFile,
    REDIS_TLS_CA: connection.authorityFile,
  };
}

/** Half characters have no bytes that could be written as percentages. */
function percent(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}
