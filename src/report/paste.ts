import { DEFAULT_TOPOLOGY } from '../model/constants.js';
import { type Address, fromHere, ofKind, type TopologyRecord } from '../model/topology.js';
import { pythonString, shellWord } from './quote.js';
import type { Paint } from './text.js';

/** What the lines to paste are made of. */
export interface Pasteable {
  readonly record: TopologyRecord;
  /** Name of the node that is master. */
  readonly master: string;
  /** Where the password is kept, for a topology that has one. */
  readonly passwordFile?: string;
  /** Name of the application's user, for a topology with ACL. */
  readonly user?: string;
  /** Certificate of the authority that signed the nodes', for a topology with TLS. */
  readonly authorityFile?: string;
  /** The certificate names no address of theirs: a client must not ask for that. */
  readonly anyName?: boolean;
}

/** Lines that talk to the topology when they are pasted as they are. */
export function pasteLines(report: Pasteable, paint: Paint): string {
  const { record, master } = report;
  const { spec, placement } = record;
  const sentinels = ofKind(placement.nodes, 'sentinel').map(({ published }) => fromHere(published));
  const [first] = sentinels;
  const node = placement.nodes.find(({ name }) => name === master);
  if (first === undefined || node === undefined) return '';
  const named = spec.name === DEFAULT_TOPOLOGY ? '' : ` ${spec.name}`;
  return [
    paint.dim('Ask who is master, then talk to it:'),
    ...shellLines(report, first, fromHere(node.published)),
    paint.dim('A client that follows failovers (Python):'),
    ...pythonLines(report, sentinels),
    paint.dim('Next:'),
    ['status', 'failover', 'down'].map((verb) => `  rsent ${verb}${named}`).join('   '),
  ].join('\n');
}

/** A password is named by its file: what is pasted stays in the shell's history. */
function shellLines(
  { record, user, passwordFile, authorityFile }: Pasteable,
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
    `${cli(sentinel)} sentinel get-master-addr-by-name ${record.spec.masterName}`,
    `${cli(master)} set greeting hello`,
  ];
}

function pythonLines(
  { record, user, passwordFile, authorityFile, anyName }: Pasteable,
  sentinels: readonly Address[],
): string[] {
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
    `  Sentinel([${list}], socket_timeout=5${both}).master_for('${record.spec.masterName}').set('greeting', 'hello')`,
  ];
}
