import type { Reason } from './reason.js';
import { STATUS_REASONS } from './reasons-status.js';

/** Findings that only the doctor has. */
export const DOCTOR_REASONS: Readonly<Record<string, Reason>> = {
  'access-refused': {
    why: 'what it would say is missing here, so that its faults cannot be told',
  },
  'auth-pass-missing': {
    why: 'a Sentinel that gets NOAUTH counts the node as down: it finds no replicas and no other Sentinels, and would fail over a healthy master or none at all',
    threads: ['redis/redis#9183', 'bitnami/bitnami-docker-redis-sentinel#45'],
  },
  'door-closed': {
    why: 'what a Sentinel says that is not asked is missing here',
  },
  'door-is-no-sentinel': {
    why: 'only Sentinels know who takes part',
  },
  'not-redis': {
    why: 'whoever is told this address talks to another service',
  },
  'unknown-words': {
    why: 'what it would say is missing here, so that its faults cannot be told',
  },
  'down-after-short': {
    why: 'any pause (a slow disk, a big command, a busy machine) counts as a death; and after a switch the new connections alone take a second, so that a second failover may follow the first',
    threads: ['redis/redis#8607'],
  },
  'failover-timeout-odd': {
    why: 'too short, and an attempt is given up while it still works; too long, and after a failed attempt nobody tries again for twice this time, and a replica of the wrong master is not repaired for as long',
    threads: ['openemr/openemr#13887'],
  },
  ghost: {
    why: 'Sentinel never forgets: a gone Sentinel still counts for the majority, and whatever server gets the address of a gone replica is made a replica here and loses its data',
    threads: ['redis/redis#1972', 'OT-CONTAINER-KIT/redis-operator#1793'],
  },
  'hostname-announced': {
    why: 'Sentinel looks names up in its only thread: a name that resolves slowly, as that of a stopped container may, puts it into TILT, and there is no failover as long as that lasts',
    threads: ['redis/redis#12753', 'redis/redis#9103', 'bitnami/containers#51638'],
  },
  'listens-elsewhere': {
    why: 'it works for those that it calls itself, and nobody can call it: Sentinels consider it down, and neither promote it nor count its vote',
  },
  'loopback-announced': {
    why: 'that address is another machine (or container) for everyone who is told it: Sentinels see the master down, find no replicas and no other Sentinels, and clients talk to themselves',
    threads: ['bitnami/containers#46594', 'bitnami/containers#52263', 'redis/redis#6151'],
  },
  'master-by-other-name': {
    why: 'these Sentinels take the replica for one of another master: after failover-timeout they cut its link and repoint it (+fix-slave-config), and again whenever it comes back with this in its conf',
    threads: ['redis/jedis#4730', 'redis/redis#5677'],
  },
  'masterauth-missing': {
    why: 'nothing shows it until roles change: then this node cannot follow the new master (NOAUTH), and one copy of the data is missing from then on',
    threads: ['redis/redis#9009', 'CloudPirates-io/helm-charts#751'],
  },
  'masterauth-wrong': {
    why: 'it cannot follow a master that does not take this password: its link stays down, now or after the next failover',
    threads: ['bitnami/bitnami-docker-redis-sentinel#24', 'redis/redis#9183'],
  },
  'no-persistence': {
    why: 'a master that dies and is started again within down-after comes back empty, no failover happens, and every replica copies the emptiness',
    threads: ['redis/redis#2087', 'redis/redis#1297', 'spotahome/redis-operator#97'],
  },
  'no-replicas': {
    why: 'Sentinel has nobody to promote: when the master dies, it stays dead',
    threads: ['redis/redis#5677'],
  },
  'no-write-guard': {
    why: 'a master that was cut off, or came back while another one serves, acknowledges writes for ten seconds and more; all of them are lost when it is made a replica',
    threads: ['https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/'],
  },
  'node-down': {
    why: 'one failure is used up already: what was there for it cannot help at the next',
  },
  'one-host': {
    why: 'when that machine dies, master, replicas and Sentinels die together and nobody is left to decide',
    threads: ['https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/'],
  },
  'passwords-differ': {
    why: 'after a failover the Sentinels, the replicas or the clients know the wrong password',
    threads: ['bitnami/bitnami-docker-redis-sentinel#45', 'bitnami/charts#10357'],
  },
  'protected-mode': {
    why: 'on its own machine all works; the others are refused, so that it is down for Sentinels and cannot be copied from',
    threads: ['redis/redis#3106'],
  },
  'quorum-too-high': {
    why: 'so many Sentinels can never agree that the master is gone: there will be no failover',
    threads: ['openemr/openemr#13887'],
  },
  'quorum-too-low': {
    why: 'a minority that has only lost its own network takes the master for dead and starts elections, which it loses or, by chance, wins',
  },
  'votes-refused': {
    why: 'everything looks healthy, CKQUORUM too, and when the master dies no Sentinel hears that the others see it as well: there is no failover',
  },
  'hello-refused': {
    why: 'a Sentinel that cannot say hello is known to no other, and one that hears none knows no other: there is no quorum and no failover',
  },
  'shut-out': {
    why: 'a Sentinel that is not let in counts the server as down: a replica is never promoted, a master is failed over though it works, and the vote of a Sentinel is missing',
    threads: ['redis/redis#9183'],
  },
  'sentinel-pass-wrong': {
    why: 'votes do not get through: these Sentinels count the other one as down, and an election may find no majority',
  },
  'replica-chained': {
    why: 'Sentinel neither watches nor repoints it: it comes a step behind, and loses its source with the replica before it',
  },
  'replica-resyncing': {
    why: 'its replicas never have all the data: when it dies, the best of them is an old copy, or none; and each copy costs it memory and a fork',
    threads: ['redis/redis#2315', 'redis/redis#11534'],
  },
  'replica-unlisted': {
    why: 'it has all the data, and no Sentinel turns it round in a failover as long as it does not know it',
  },
  'replicas-behind-nat': {
    why: 'Sentinel knows replicas by address: it finds the master in the place of its replicas, and promotes it to be its own replica, or has nobody to promote',
    threads: ['redis/redis#6218', 'redis/docker-library-redis#248'],
  },
  'sentinels-disagree': {
    why: 'clients write to different masters, by which Sentinel they ask; what the losing one took is thrown away in the end',
    threads: ['redis/redis#12271', 'bitnami/charts#17047'],
  },
  'sentinels-even': {
    why: 'one more bears no more losses (4 bear one, as 3 do), and a network cut in the middle leaves no majority on either side',
    threads: ['openemr/openemr#13887'],
  },
  'sentinels-too-few': {
    why: 'a failover needs the votes of more than half of all Sentinels ever known: with one or two, the loss of one ends that, and often it is lost with the master',
    threads: ['openemr/openemr#13887'],
  },
  'too-many-servers': {
    why: 'whoever may publish on a data node can have the Sentinels list servers that are none, and all of them count for the majority',
  },
  'settings-disagree': {
    why: 'each Sentinel decides by its own settings, so that what happens depends on which one acts first; a Sentinel tells no setting to the others',
    threads: ['redis/redis#2235'],
  },
};

/** The reason for a finding of this code. */
export function reasonOf(code: string): Reason {
  const found = DOCTOR_REASONS[code] ?? STATUS_REASONS[code];
  return found ?? { why: 'it is not as it should be' };
}
