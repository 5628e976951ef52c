import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ORIGIN } from '../model/constants.js';
import { messageOf, RsentError } from '../model/errors.js';
import { CLIENTS, FSYNCS, NETWORK_FORMS, STORAGES } from '../model/spec.js';
import type { TopologyRecord } from '../model/topology.js';
import * as z from '../spec/zod.js';
import { namesIn, readText, replaceFile } from './disk.js';

const RECORD_FILE = 'topology.json';

/** Where topologies keep conf and data: the flag, else RSENT_DATA_DIR, else the XDG data directory. */
export function dataHome(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const chosen = flag || env['RSENT_DATA_DIR'];
  if (chosen) return resolve(chosen);
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification says to ignore a relative path.
  const base = xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'share');
  return join(base, 'rsent');
}

/** Where facts that can be found out again are kept. */
export function cacheHome(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'rsent');
}

/** Where facts are kept that are of this user of this machine, whatever becomes of a data home. */
export function stateHome(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_STATE_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.local', 'state'), 'rsent');
}

/**
 * What was asked for a topology and where it was put; undefined when this data home has none of
 * that name.
 * @throws RsentError `topology` when the file is there but cannot be understood
 */
export async function readRecord(home: string, name: string): Promise<TopologyRecord | undefined> {
  const path = join(home, name, RECORD_FILE);
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text)) as TopologyRecord;
  } catch (error) {
    throw new RsentError('topology', `${path} cannot be understood: ${messageOf(error)}`, {
      hint: 'It was changed by hand or by a newer rsent. Conf and data beside it are untouched.',
      cause: error,
    });
  }
}

/** Where a topology's record is. */
export function recordPath(home: string, name: string): string {
  return join(home, name, RECORD_FILE);
}

/** True when this data home keeps a topology of that name, understood or not. */
export async function hasRecord(home: string, name: string): Promise<boolean> {
  return (await readText(join(home, name, RECORD_FILE))) !== undefined;
}

export async function writeRecord(home: string, record: TopologyRecord): Promise<void> {
  const path = join(home, record.spec.name, RECORD_FILE);
  await replaceFile(path, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Names of the topologies that a data home keeps, running or asleep. */
export async function recordedNames(home: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await namesIn(home)) {
    if (await hasRecord(home, name)) found.push(name);
  }
  return found.sort();
}

const address = z.object({ ip: z.string(), port: z.int() });
const ports = z.object({ first: z.int(), named: z.boolean() });
const choice = z.object({
  port: z.int().optional(),
  container: z.string().optional(),
  directory: z.string().optional(),
});
const placedNode = z.object({
  name: z.string().regex(/^(redis|sentinel)-\d+$/),
  kind: z.enum(['redis', 'sentinel']),
  container: z.string(),
  folder: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/)
    .optional(),
  address,
  published: address,
  sentinelId: z.string().optional(),
});
const node = placedNode.transform((each) => ({ ...each, folder: each.folder ?? each.name }));
const directives = z.record(z.string(), z.array(z.string()));
/** The shape of a spec as it is kept; whether its values are legal is for `spec/` to say. */
export const specSchema = z.object({
  name: z.string(),
  masterName: z.string(),
  image: z.object({ ref: z.string(), named: z.boolean() }),
  replicas: z.int(),
  sentinels: z.int(),
  quorum: z.int(),
  timing: z.object({
    downAfterMs: z.int(),
    failoverTimeoutMs: z.int(),
    parallelSyncs: z.int(),
  }),
  guard: z.object({ minReplicas: z.int(), maxLagS: z.int() }),
  // Records of before these existed.
  reach: z
    .object({
      clients: z.enum(CLIENTS),
      network: z.enum(NETWORK_FORMS).optional(),
      address: z.ipv4().optional(),
      join: z.string().optional(),
    })
    .default({ clients: 'host' }),
  nodes: z.object({ redis: z.array(choice), sentinel: z.array(choice) }).optional(),
  security: z
    .object({
      auth: z.boolean(),
      acl: z.boolean().default(false),
      tls: z.boolean().default(false),
      givenCertificate: z.literal(true).optional(),
      publish: z.ipv4(),
    })
    .default({ auth: false, acl: false, tls: false, publish: '127.0.0.1' }),
  limits: z
    .object({
      memoryBytes: z.int().optional(),
      pids: z.int(),
      maxmemoryBytes: z.int().optional(),
    })
    .default({ pids: 256 }),
  fsync: z.enum(FSYNCS).default('everysec'),
  further: z
    .object({ redis: directives, sentinel: directives })
    .default({ redis: {}, sentinel: {} }),
  redisPorts: ports,
  sentinelPorts: ports,
  logFile: z.string(),
  storage: z.enum(STORAGES).optional(),
  templates: z.string().optional(),
});
export const databaseSchema = z.object({ db: z.int(), keys: z.int(), volatile: z.int() });
const unfinished = z.object({
  moves: z.array(z.object({ from: address, to: address })).optional(),
  remaking: z.literal(true).optional(),
  resetting: z.literal(true).optional(),
  joining: z.array(z.string()).optional(),
  leaving: z.array(node).optional(),
  upgradingFrom: z.string().optional(),
  restoring: z
    .object({ from: z.string(), sha256: z.string(), databases: z.array(databaseSchema).optional() })
    .optional(),
  rotating: z.enum(['password', 'certificates']).optional(),
});
const recordSchema = z.object({
  schemaVersion: z.literal(1),
  origin: z.string().regex(ORIGIN).optional(),
  unfinished: unfinished.optional(),
  spec: specSchema,
  placement: z.object({
    form: z.enum(NETWORK_FORMS).default('bridge'),
    network: z.string(),
    subnet: z.string(),
    joined: z.boolean().default(false),
    pod: z.string().optional(),
    storage: z.literal('volume').optional(),
    nodes: z.array(node),
  }),
  proven: z.literal(true).optional(),
});
