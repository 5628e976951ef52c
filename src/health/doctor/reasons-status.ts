import type { Reason } from './reason.js';
import { IDENTITY_REASONS } from './reasons-identity.js';

const MISSING = 'one failure is used up already: what was there for it cannot help at the next';
const DEAF = 'a Sentinel that does not see rightly cannot judge rightly';
const LATER = 'a copy that is behind or broken off cannot take over without losing writes';
const CERTIFICATE =
  'with an ended certificate nobody connects any more, the nodes among each other neither';
const NO_WRITES = 'nobody takes writes';
const NO_FAILOVER = 'when the master dies now, it stays dead';

/** Why what `status` finds matters; and what to do about it where no rsent made the topology. */
export const STATUS_REASONS: Readonly<Record<string, Reason>> = {
  ...IDENTITY_REASONS,
  unfinished: { why: 'what was begun is neither as it was nor as it is to be until it is ended' },
  'node-missing': { why: MISSING },
  'node-stopped': { why: MISSING },
  'node-paused': { why: MISSING },
  'node-cut': { why: MISSING },
  'nodes-masqueraded': { why: 'Sentinel knows servers by address, and here all have the same' },
  'network-gone': { why: 'no node reaches another, and stopped ones cannot start' },
  'network-made-again': {
    why: 'containers know a network by its id: on another one none can start',
  },
  'pod-down': { why: 'all nodes live in its network, so nobody reaches any of them' },
  'node-restarting': { why: MISSING },
  'killed-for-memory': {
    why: 'it comes back without what it had not written down yet, and is killed again as soon as its data has grown back',
  },
  'container-differs': {
    why: 'with too few processes it can neither save nor give a replica its data, with too little memory the kernel kills it, and by another restart policy it stays away after a crash',
  },
  'node-unreachable': { why: MISSING },
  'node-frozen': {
    why: 'whoever connects waits for an answer that does not come; when it goes on it still believes what it was',
  },
  'access-refused': { why: 'what it would say is missing here, so that its faults cannot be told' },
  'not-asked': {
    why: 'what it would say is missing here: that nothing else was found about it means nothing',
    fix: 'ask as a user that may use these commands: --user and --password-file',
  },
  'lets-anyone-in': { why: 'whoever reaches the port reads, changes and deletes everything' },
  'open-to-others': { why: 'whoever reaches the port reads, changes and deletes everything' },
  'permission-missing': {
    why: 'all looks healthy, and no failover, or no resync, over this node would ever end',
  },
  'rights-differ': {
    why: 'an application that may do less fails in part, and whoever may do more can break what rsent keeps whole',
  },
  'replica-hidden': {
    why: 'clients that read from replicas ask the Sentinels where they are',
    fix: 'CONFIG SET replica-announced yes on it, then CONFIG REWRITE',
  },
  'acl-stranger': {
    why: 'whoever knows its password is let in, whatever becomes of the other passwords',
    fix: 'ACL DELUSER on each node that has it, if nobody needs it',
  },
  'claimed-twice': {
    why: 'Sentinels of two topologies reconfigure the same node: it may be made a replica of the other one’s master, and its data be thrown away for that one’s',
    threads: ['redis/redis#2335', 'redis/redis#14313'],
  },
  'command-renamed': {
    why: 'SLAVEOF is sent inside MULTI together with the others: one unknown command spoils them all, no failover ever ends (-failover-abort-slave-timeout), and until then everything looks healthy',
    threads: ['redis/redis#2241', 'redis/redis#10328'],
  },
  'tls-half-on': {
    why: 'a Sentinel or replica that dials without TLS sees the TLS port as down; and what goes plainly can be read by all',
    threads: ['bitnami/bitnami-docker-redis#197', 'OT-CONTAINER-KIT/redis-operator#1055'],
  },
  'certificate-unreadable': { why: CERTIFICATE },
  'certificate-expired': { why: CERTIFICATE },
  'certificate-expires': { why: CERTIFICATE },
  'certificate-not-loaded': {
    why: 'what clients meet is not what was renewed: it ends on its old day, whatever the file says',
  },
  'certificate-names': {
    why: 'clients that check names refuse the connection',
    threads: ['redis/redis#7928'],
  },
  'node-loading': { why: LATER },
  'no-master': {
    why: 'nobody takes writes',
    fix: 'a failover may be under way: look again in a few seconds; start what is down',
  },
  'two-masters': {
    why: 'clients that still talk to the wrong one get OK for writes that are thrown away',
    threads: ['redis/redis#12271', 'DandyDeveloper/charts#283'],
  },
  'master-not-serving': { why: 'nobody takes writes' },
  'no-majority': { why: NO_FAILOVER, fix: 'start the Sentinels that are down' },
  'no-quorum': { why: NO_FAILOVER, fix: 'start the Sentinels that are down' },
  'no-eligible-replica': {
    why: `${NO_FAILOVER} (-failover-abort-no-good-slave)`,
    fix: 'CONFIG SET replica-priority 100 on a replica that may be promoted; start a replica, or mend its link',
    threads: ['redis/redis#5677'],
  },
  'writes-refused': {
    why: NO_WRITES,
    fix: 'start replicas; or CONFIG SET min-replicas-to-write to a number that is there, and accept the risk',
  },
  'writes-paused': { why: NO_WRITES },
  'memory-full': {
    why: NO_WRITES,
    fix: 'CONFIG SET maxmemory to more, or a maxmemory-policy that evicts keys; or delete keys',
  },
  'cluster-enabled': {
    why: 'it serves no key without slots, and can never be made a replica (REPLICAOF is refused in cluster mode)',
    fix: 'cluster-enabled no in its conf, and a restart',
  },
  'clients-full': {
    why: 'clients cannot connect, and neither can a Sentinel or replica that lost its connection: it is considered down though it works',
  },
  'few-connections': {
    why: 'one application with a large pool uses them up, and then Sentinels and replicas are turned away as well',
  },
  'node-busy': {
    why: 'it answers nobody, so Sentinels consider it down and fail over, while the script goes on',
    fix: 'SCRIPT KILL on it; make scripts shorter, or down-after longer than they last',
  },
  'application-refused': { why: 'every application that logs in as that user fails' },
  'nodes-isolated': {
    why: 'each node is well by itself, and none can do anything: no replication, no votes, no failover',
    fix: 'look at firewalls and routes between the machines, from each to each, for the ports of Redis and Sentinel; where all are containers of one Docker host: sysctl net.ipv4.ip_forward must be 1, and iptables -S FORWARD and iptables -S DOCKER-USER show what drops it',
  },
  'replica-turned': { why: DEAF },
  'peer-turned': { why: DEAF },
  'role-unclear': { why: 'its role is changing; if it stays so, nobody can rely on it' },
  'replica-wrong-master': {
    why: 'it copies another master’s data: nothing of this one is safe there, and after a failover it would serve what it has',
    fix: 'Sentinel repoints it after failover-timeout; sooner: REPLICAOF on it with the master’s address',
    threads: ['redis/redis#14313'],
  },
  'replica-link-down': {
    why: LATER,
    fix: 'look at its log: it names the reason (password, protected mode, TLS, an address that it cannot reach)',
    threads: ['CloudPirates-io/helm-charts#751'],
  },
  'replica-syncing': { why: LATER },
  'replica-other-history': {
    why: 'it holds other data than the master',
    threads: ['redis/redis#14313'],
  },
  'replica-writable': {
    why: 'clients may write to it; that differs from the master without a trace, and is gone at the next sync',
  },
  'replica-not-attached': { why: LATER },
  'foreign-replica': { why: 'somebody copies all data, and Sentinel may promote it' },
  'disk-write-failed': { why: 'what is acknowledged now would not be there after a restart' },
  'data-gone': {
    why: 'what it has goes when it ends, and what is in its directory then is less, or nothing',
  },
  'conf-gone': {
    why: 'what it is told from now on is lost when it ends, and then it does not start again',
  },
  'snapshot-failed': {
    why: 'a replica that needs a full copy may not get it, and with stop-writes-on-bgsave-error writes are refused until one succeeds',
  },
  'knows-no-master': {
    why: 'it counts as a Sentinel in the eyes of the others, and does nothing',
  },
  'sees-other-master': {
    why: 'clients that ask it write to the wrong node',
    threads: ['redis/redis#12271'],
  },
  'sees-master-down': {
    why: 'if enough Sentinels see it so, they replace a master that works; else it has no say',
    fix: 'check what lies between them: network, firewall, protected mode, TLS, and whether the address means the same there',
  },
  'sees-other-role': { why: DEAF },
  'sees-replica-down': {
    why: 'it would not promote this replica',
    fix: 'check what lies between them: network, firewall, protected mode, TLS, password',
  },
  'sees-replica-astray': {
    why: 'it would not promote this replica, and repoints it',
    threads: ['redis/jedis#4730'],
  },
  'sees-replica-unlinked': { why: 'it would not promote this replica for long' },
  'replica-unknown': {
    why: 'a replica that it does not know it can neither promote nor turn round',
  },
  'replica-ghost': {
    why: 'whatever server answers at that address is made a replica here, and loses its data',
    threads: ['redis/redis#1972', 'redis/redis#2335'],
  },
  'votes-unheard': {
    why: 'o_down needs the word of the others: as long as none comes there is no election, and the master stays dead',
  },
  'sees-peer-down': {
    why: 'votes do not get through: an election may find no majority',
    fix: 'check what lies between them: network, firewall, TLS, and whether they announce addresses that the others reach (sentinel announce-ip)',
  },
  'peer-unknown': {
    why: 'each counts on its own: the votes of the others are not asked for, so that a failover finds no majority',
    threads: ['redis/redis#4652', 's7anley/redis-sentinel-docker#11'],
  },
  'peer-ghost': {
    why: 'a gone Sentinel still counts for the majority: with enough of them no failover is possible',
    threads: ['redis/redis#1972'],
  },
  'peer-id': { why: DEAF },
  'no-hello': {
    why: DEAF,
    fix: 'see what else is found of that Sentinel; if nothing is, its log says why it cannot PUBLISH on the data nodes (__sentinel__:hello)',
  },
  'own-ghost': { why: 'its own vote counts twice: one Sentinel alone may take a master for dead' },
  'duplicate-sentinel-id': {
    why: 'each takes the other’s messages for its own and passes them over: they never find each other, and the others count two as one',
    threads: ['redis/redis#4652', 'bitnami/bitnami-docker-redis-sentinel#33'],
  },
  'wrong-sentinel-id': { why: 'the others keep counting on the old id as well' },
  unproven: { why: DEAF },
  'no-info': { why: DEAF },
  impostor: {
    why: 'a server that took over an old address is treated as a member: its data may be thrown away, or served',
    threads: ['redis/redis#2335'],
  },
  'epochs-differ': { why: 'one of them missed a switch, and may hand out the old master' },
  'failover-running': { why: 'while it lasts, addresses change' },
  ckquorum: { why: NO_FAILOVER, fix: 'see the findings about the Sentinels' },
  'setting-differs': {
    why: 'a failover happens sooner, later or with fewer votes than you decided',
  },
  tilt: {
    why: 'it takes no part in any failover as long as that lasts',
    threads: ['redis/redis#13982'],
  },
  'simulates-failure': { why: 'it ends itself in the middle of the next failover' },
  'ping-period': {
    why: 'failovers are given up for want of a good replica',
    fix: 'SENTINEL DEBUG ping-period 1000 on it',
  },
  'debug-times': {
    why: 'SENTINEL DEBUG has changed its times: it may notice nothing, or never take part in a failover',
    fix: 'restart that Sentinel: it begins with the usual ones',
  },
  'conf-not-saved': {
    why: 'it forgets everything at its next start: after a failover it wakes up with the old master, and hands that out',
    fix: 'mount the directory that holds sentinel.conf, not the file alone (a new conf is renamed into its place), writable for its user; then SENTINEL FLUSHCONFIG on it',
    threads: ['redis/docker-library-redis#287', 'redis/docker-library-redis#282'],
  },
  'address-unreachable': {
    why: 'a client asks a Sentinel, gets this address, and waits for nothing; most often it is the address of a container',
    threads: ['redis/ioredis#881', 'redis/node-redis#2962', 'redis/redis#11502'],
  },
  'container-renamed': { why: 'scripts that call it by its own name find nothing, or another one' },
  'upgrade-unfinished': {
    why: 'two servers serve together, and the older one may not be able to follow the newer as its master',
  },
  'not-stable': { why: 'what is measured at one moment does not hold at the next' },
};
