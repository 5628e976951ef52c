import { ORIGIN } from '../model/constants.js';
import { CLIENTS, FSYNCS, NETWORK_FORMS, STORAGES } from '../model/spec.js';
import type { TopologyRecord } from '../model/topology.js';
import * as z from '../spec/zod.js';
import { contradictionsIn } from './record-contradictions.js';

/** A record, or what is wrong with the text that should be one. */
export type RecordText =
  | { readonly record: TopologyRecord }
  | { readonly problem: string; readonly kind: 'damaged' | 'newer' | 'another' };

/** The version that this rsent writes and reads. */
const VERSION = 1;
/** So many problems are told; one that is damaged all over has one for each field. */
const MOST_PROBLEMS = 3;
const LONGEST_VALUE = 60;

/**
 * The record in a text.
 * @param name of the topology in whose directory it is: a record of another one would lead to the
 *   containers of that one
 */
export function parseRecord(text: string, name: string): RecordText {
  if (text.trim() === '') return { problem: 'it is empty', kind: 'damaged' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is cut short, or is not JSON', kind: 'damaged' };
  }
  const version = fieldAt(value, ['schemaVersion']);
  if (typeof version === 'number' && version > VERSION) {
    const problem = `a newer rsent wrote it (schemaVersion ${version}, and this one reads ${VERSION})`;
    return { problem, kind: 'newer' };
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => problemOf(issue, value));
    return { problem: shortened(problems), kind: 'damaged' };
  }
  const record = parsed.data as TopologyRecord;
  if (record.spec.name !== name) {
    const problem = `it is that of another topology, ${shown(record.spec.name)}`;
    return { problem, kind: 'another' };
  }
  const contradictions = contradictionsIn(record);
  return contradictions.length === 0
    ? { record }
    : { problem: shortened(contradictions), kind: 'damaged' };
}

function shortened(problems: readonly string[]): string {
  const more = problems.length - MOST_PROBLEMS;
  const told = problems.slice(0, MOST_PROBLEMS).join('; ');
  return more > 0 ? `${told}; and ${more} more` : told;
}

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/** In words of our own: where it is, what is there, and what should be. */
function problemOf(issue: Issue, value: unknown): string {
  const where = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  const found = fieldAt(value, issue.path);
  const should = expectedBy(issue);
  if (found === undefined) return `${where} is missing: it should be ${should}`;
  return `${where || 'it'} is ${shown(found)}, and should be ${should}`;
}

function expectedBy(issue: Issue): string {
  if (issue.code === 'invalid_type') return TYPES[issue.expected] ?? 'something else';
  if (issue.code === 'invalid_value') return issue.values.map(shown).join(' or ');
  if (issue.code === 'invalid_format' && issue.format === 'ipv4') return 'an IPv4 address';
  return 'of another form';
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function fieldAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => {
    const isMap = typeof at === 'object' && at !== null && Object.hasOwn(at, key);
    return isMap ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  }, value);
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
