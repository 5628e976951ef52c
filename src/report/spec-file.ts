/** The answers to the few questions that matter. */
export interface Answers {
  readonly name: string;
  readonly profile: string;
  readonly replicas: number;
  readonly sentinels: number;
  readonly masterName: string;
}

/** A commented rsent.yaml: what was answered stands, the rest is there to be uncommented. */
export function specFile(answers: Answers): string {
  return `# A Redis Sentinel topology. Bring it up: rsent up -f rsent.yaml
# Flags win over this file; rsent up --help explains each of them.

name: ${JSON.stringify(answers.name)}

# Image of Redis or Valkey.
# image: redis:8.0

# One master and this many replicas; an odd number of Sentinels, at least 3.
replicas: ${answers.replicas}
sentinels: ${answers.sentinels}

# The name under which clients ask the Sentinels for the master.
masterName: ${JSON.stringify(answers.masterName)}

# Timings: seed (notices after 30 s), dev (5 s) or ci (2 s). Single values win over the profile.
profile: ${answers.profile}
# downAfter: 5s
# failoverTimeout: 30s
# parallelSyncs: 1

# Sentinels that must agree that the master is gone; the majority by default.
# quorum: ${Math.floor(answers.sentinels / 2) + 1}

# Replicas that a master must hear from to take writes; 0 turns the guard off.
# minReplicasToWrite: 1
# minReplicasMaxLag: 1

# Where the clients run: host (this one), containers, or lan with an address for other machines.
# clients: host
# address: 192.168.1.20
# join: myproject_default

# First ports that are published; named ones must be free.
# redisPort: 6379
# sentinelPort: 26379

# Where conf and data are: directory (of this machine) or volume (of the engine); chosen by where
# the engine is.
# storage: volume

# A password on every node; a user for each who talks to them; TLS on every port, with a CA of
# its own or with your certificate for all nodes.
# auth: true
# acl: true
# tls: true
# tlsCert: ./server.crt
# tlsKey: ./server.key
# tlsCa: ./ca.crt

# The address of this host to publish ports on; a wider one needs auth.
# publish: 127.0.0.1

# Limits of each container, and Redis's own for its data.
# memory: 256mb
# maxmemory: 200mb
# pids: 256

# When a write is on disk: everysec, or always, before it is acknowledged.
# fsync: everysec

# Any further directive of redis.conf and sentinel.conf; a list gives it several times.
# redisConfig:
#   maxmemory-policy: allkeys-lru
#   save: ["900 1", "300 10"]
# sentinelConfig:
#   loglevel: verbose

# Log into a file of each node's data directory instead of the container log.
# logFile: redis.log

# A directory with a redis.conf.hbs or sentinel.conf.hbs of your own.
# templates: ./templates
`;
}
