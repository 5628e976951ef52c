import type { Connection } from '../model/connection.js';
import { DEFAULT_TOPOLOGY } from '../model/constants.js';
import { shellWord } from '../model/shell.js';
import type { Address } from '../model/topology.js';
import { pythonString } from './quote.js';
import type { Paint } from './text.js';

/** What the lines to paste are made of. */
export interface Pasteable {
  readonly connection: Connection;
  /** Name of the node that is master. */
  readonly master: string;
}

/** Lines that talk to the topology when they are pasted as they are. */
export function pasteLines({ connection, master }: Pasteable, paint: Paint): string {
  const { topology, sentinels, routes, network } = connection;
  const [first] = sentinels;
  const route = routes.find(({ node }) => node === master);
  if (first === undefined || route === undefined) return '';
  const named = topology === DEFAULT_TOPOLOGY ? '' : ` ${topology}`;
  return [
    ...(network === undefined ? [] : [paint.dim(insideText(network, connection))]),
    paint.dim('Ask who is master, then talk to it:'),
    ...shellLines(connection, first, route.reached),
    paint.dim('A client that follows failovers (Python):'),
    ...pythonLines(connection),
    paint.dim('Next:'),
    ['status', 'connect', 'failover', 'down'].map((verb) => `  rsent ${verb}${named}`).join('   '),
  ].join('\n');
}

/** Where the lines below are for. */
function insideText(network: string, { passwordFile, authorityFile }: Connection): string {
  const needsFiles = passwordFile !== undefined || authorityFile !== undefined;
  return `In a container on the network ${network}${needsFiles ? ', with these files mounted' : ''}:`;
}

/** A password is named by its file: what is pasted stays in the shell's history. */
function shellLines(
  { masterName, user, passwordFile, authorityFile }: Connection,
  sentinel: Address,
  master: Address,
): string[] {
  const auth =
    passwordFile === undefined
      ? []
      : [`  export REDISCLI_AUTH="$(cat ${shellWord(passwordFile)})"`];
  const tls = authorityFile === undefined ? '' : ` --tls --cacert ${shellWord(authorityFile)}`;
  const named = user === undefined ? '' : ` --user ${user}`;
  const cli = ({ ip, port }: Address) =>
    `  redis-cli${ip === '127.0.0.1' ? '' : ` -h ${ip}`} -p ${port}${named}${tls}`;
  return [
    ...auth,
    `${cli(sentinel)} sentinel get-master-addr-by-name ${masterName}`,
    `${cli(master)} set greeting hello`,
  ];
}

function pythonLines(connection: Connection): string[] {
  const { masterName, sentinels, user, passwordFile, authorityFile, anyName } = connection;
  const list = sentinels.map(({ ip, port }) => `('${ip}', ${port})`).join(', ');
  const options = [
    ...(user === undefined ? [] : [`'username': '${user}'`]),
    ...(passwordFile === undefined
      ? []
      : [`'password': open(${pythonString(passwordFile)}).read().strip()`]),
    ...(authorityFile === undefined
      ? []
      : [`'ssl': True, 'ssl_ca_certs': ${pythonString(authorityFile)}`]),
    ...(anyName ? [`'ssl_check_hostname': False`] : []),
  ];
  const who = options.length === 0 ? [] : [`  who = {${options.join(', ')}}`];
  const both = options.length === 0 ? '' : ', sentinel_kwargs=who, **who';
  return [
    '  from redis.sentinel import Sentinel',
    ...who,
    `  Sentinel([${list}], socket_timeout=5${both}).master_for('${masterName}').set('greeting', 'hello')`,
  ];
}
