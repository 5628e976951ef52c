import { TOPOLOGY_NAME } from '../model/constants.js';
import { CLIENTS, FSYNCS, NETWORK_FORMS, STORAGES } from '../model/spec.js';
import { BOOLEAN_FORMS, parseBoolean } from './boolean.js';
import { parseDuration } from './duration.js';
import { furtherField } from './further.js';
import * as z from './zod.js';

/** Sentinel writes the name unquoted into its conf; sentinel.md allows these characters. */
const MASTER_NAME = /^[A-Za-z0-9._-]{1,64}$/;
/** Repository, tag and digest as the engine accepts them; never starts with a dash. */
const IMAGE_REF = /^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$/;
/** Empty stands for the container log. */
const LOG_FILE = /^$|^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const PROFILES = ['seed', 'dev', 'ci'] as const;
const MOST_REPLICAS = 120;
const MOST_SENTINELS = 49;

function matching(form: RegExp, legal: string) {
  return z.string({ error: legal }).regex(form, { error: legal });
}

function whole(least: number, most: number, what: string) {
  const legal = `a whole number from ${least} to ${most}${what}`;
  return z.int({ error: legal }).min(least, { error: legal }).max(most, { error: legal });
}

const duration = z
  .union([z.string(), z.number()], { error: 'a duration such as 500ms, 5s or 3m' })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: 'a duration such as 500ms, 5s or 3m' });
    return z.NEVER;
  });

const SIZE = 'a size of at least 16mb such as 256mb or 2gb';
const LEAST_BYTES = 16 * 1024 ** 2;
/** Redis forks to save, and runs some threads of its own. */
const MIN_PIDS = 16;

/** Bytes, written as redis.conf writes them: kb, mb, gb of 1024. */
const size = z.union([z.string(), z.number()], { error: SIZE }).transform((text, context) => {
  const [, digits, unit = ''] = /^(\d{1,16})(b|kb|mb|gb)?$/i.exec(String(text).trim()) ?? [];
  const factor = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[unit.toLowerCase()] ?? 1;
  const bytes = Number(digits) * factor;
  if (bytes >= LEAST_BYTES && bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  context.addIssue({ code: 'custom', message: SIZE });
  return z.NEVER;
});

const yesOrNo = z.unknown().transform((value, context): boolean => {
  const said = parseBoolean(value);
  if (said !== undefined) return said;
  context.addIssue({ code: 'custom', message: BOOLEAN_FORMS });
  return z.NEVER;
});

const aFile = z.string({ error: 'a file' }).min(1, { error: 'a file' });

/** Names of containers and networks as the engine accepts them. */
const ENGINE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,62}$/;
const FOLDER = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/;

const NODE = 'a list of nodes, each with a port, a container and a directory, or some of these';
const node = z.strictObject(
  {
    port: whole(1, 65535, '').optional(),
    container: matching(ENGINE_NAME, '2 to 63 letters, digits, ".", "-" and "_"').optional(),
    directory: matching(FOLDER, '1 to 63 letters, digits, "-" and "_"').optional(),
  },
  { error: 'a node with port, container and directory, or some of these' },
);

const firstPort = whole(1, 65535, ' (the first port; the nodes take it and the following ones)');

/**
 * Every key of rsent.yaml, in the words of the CLI flags. The message of each is the legal form:
 * it completes the sentence "legal is …".
 */
export const FIELDS = {
  name: matching(
    TOPOLOGY_NAME,
    '1 to 40 lower-case letters, digits, "-" or "_", with a letter or digit first and last',
  ),
  masterName: matching(MASTER_NAME, '1 to 64 of A-Z, a-z, 0-9, ".", "-" and "_"'),
  image: matching(
    IMAGE_REF,
    'an image reference such as redis:8.0 or registry.local/redis@sha256:…',
  ),
  replicas: whole(0, MOST_REPLICAS, ''),
  sentinels: whole(1, MOST_SENTINELS, ''),
  quorum: whole(1, MOST_SENTINELS, ', and no more than there are Sentinels'),
  profile: z.enum(PROFILES, { error: PROFILES.join(', ') }),
  downAfter: duration,
  failoverTimeout: duration,
  parallelSyncs: whole(1, MOST_REPLICAS, ''),
  minReplicasToWrite: whole(0, MOST_REPLICAS, ', and no more than there are replicas'),
  minReplicasMaxLag: whole(1, 3600, ' (seconds)'),
  redisPort: firstPort,
  sentinelPort: firstPort,
  nodes: z.strictObject(
    {
      redis: z
        .array(node, { error: NODE })
        .max(MOST_REPLICAS + 1, { error: `${NODE}; ${MOST_REPLICAS + 1} at most` })
        .default([]),
      sentinel: z
        .array(node, { error: NODE })
        .max(MOST_SENTINELS, { error: `${NODE}; ${MOST_SENTINELS} at most` })
        .default([]),
    },
    { error: 'redis and sentinel, each a list of nodes' },
  ),
  clients: z.enum(CLIENTS, { error: CLIENTS.join(', ') }),
  network: z.enum(NETWORK_FORMS, { error: NETWORK_FORMS.join(', ') }),
  address: z.ipv4({ error: 'an IPv4 address of the engine’s host that clients call' }),
  join: matching(ENGINE_NAME, 'the name of a network of the engine'),
  storage: z.enum(STORAGES, { error: STORAGES.join(', ') }),
  auth: yesOrNo,
  acl: yesOrNo,
  tls: yesOrNo,
  tlsCert: aFile,
  tlsKey: aFile,
  tlsCa: aFile,
  publish: z.ipv4({ error: 'an IPv4 address of this machine, or 0.0.0.0 for all of them' }),
  memory: size,
  maxmemory: z.union([z.literal([0, '0']).transform(() => 0), size], {
    error: `${SIZE}, or 0 for none`,
  }),
  fsync: z.enum(FSYNCS, { error: FSYNCS.join(', ') }),
  redisConfig: furtherField,
  sentinelConfig: furtherField,
  pids: whole(MIN_PIDS, 100_000, ' (processes and threads of each container)'),
  logFile: matching(LOG_FILE, 'a plain file name (it is written in the node’s data directory)'),
  templates: z.string({ error: 'a directory' }).min(1, { error: 'a directory' }),
  allowUnsafe: yesOrNo,
} as const;

export type FieldName = keyof typeof FIELDS;

/** Legal values of some of the fields; what a layer says after each was checked by itself. */
export type SpecInput = { -readonly [K in FieldName]?: z.output<(typeof FIELDS)[K]> };
