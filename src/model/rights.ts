import type { User } from './access.js';
import type { NodeKind } from './topology.js';

/** A name that a server knows somebody by. Without ACL everyone logs in as `default`. */
export type Account = User | 'default';

/** What a user may do, in the words of ACL SETUSER (redis.io/docs, ACL). */
export interface Rights {
  readonly isOn: boolean;
  readonly keys: readonly string[];
  readonly channels: readonly string[];
  readonly commands: readonly string[];
}

const NOBODY: Rights = { isOn: false, keys: [], channels: [], commands: ['-@all'] };
const EVERYBODY: Rights = { isOn: true, keys: ['~*'], channels: ['&*'], commands: ['+@all'] };
const HELLO = ['&__sentinel__:hello'];

function may(commands: string, keys: readonly string[], channels: readonly string[]): Rights {
  return { isOn: true, keys, channels, commands: commands.split(' ') };
}

/** With ACL, as rsent's own templates write them (templates/*.conf.hbs). */
const WITH_ACL: Readonly<Record<NodeKind, Readonly<Partial<Record<Account, Rights>>>>> = {
  redis: {
    default: NOBODY,
    replication: may('-@all +psync +replconf +ping', [], []),
    sentinel: may(
      '-@all +multi +exec +slaveof +ping +info +subscribe +publish +config|rewrite +client|setname +client|kill +script|kill',
      [],
      HELLO,
    ),
    rsent: may('+@all', ['~rsent:*'], ['&*']),
    app: may(
      '+@all -@admin -@dangerous +info +role +keys +sort +client|setname +client|getname +client|id',
      ['~*'],
      ['&*'],
    ),
  },
  sentinel: {
    default: NOBODY,
    sentinel: may(
      '-@all +ping +publish +client|setname +sentinel|is-master-down-by-addr',
      [],
      HELLO,
    ),
    rsent: may('+@all', [], ['&*']),
    app: may(
      '-@all +ping +info +role +command +subscribe +psubscribe +unsubscribe +punsubscribe +client|setname +client|getname +client|id +sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves +sentinel|sentinels +sentinel|ckquorum +sentinel|myid',
      [],
      ['&*'],
    ),
  },
};

/** The users that rsent gives a node, each with its rights. */
export function rightsOn(kind: NodeKind, acl: boolean): ReadonlyMap<Account, Rights> {
  const given = acl ? WITH_ACL[kind] : { default: EVERYBODY };
  return new Map(Object.entries(given) as [Account, Rights][]);
}

/** The name under which somebody is known to a server. */
export function accountOf(user: User, acl: boolean): Account {
  return acl ? user : 'default';
}
