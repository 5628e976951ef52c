/** What was answered is nothing that a Docker Engine answers. */
export class StrangeReply extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'StrangeReply';
  }
}

/** It was not read to its end. */
export class OverlongReply extends StrangeReply {
  /** What was read of it. */
  readonly mib: number;

  constructor(mib: number) {
    super(`more than ${mib} MiB`);
    this.mib = mib;
  }
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const truth: Check = (value) => typeof value === 'boolean';
const record: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
const list =
  (each: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(each);
const map =
  (each: Check): Check =>
  (value) =>
    record(value) && Object.values(value as object).every(each);
/** Go writes null for an empty list or map, and leaves out some. */
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    record(value) &&
    Object.entries(fields).every(([name, check]) =>
      check((value as Readonly<Record<string, unknown>>)[name]),
    );

const LABELS = maybe(map(text));
const POOL = shape({ Base: text, Size: number });
const MADE = shape({ Id: text });
const VOLUME = shape({ Name: text, Labels: LABELS });
/** Null where there is none, but always there. */
const VOLUMES = shape({ Volumes: (value) => value === null || list(VOLUME)(value) });
const PORT = shape({ PublicPort: maybe(number), Type: maybe(text), IP: maybe(text) });
const MOUNT = shape({ Type: maybe(text), Source: maybe(text) });
const ON_NETWORK = shape({ NetworkID: maybe(text) });
const NETWORKED = maybe(shape({ Networks: maybe(map(ON_NETWORK)) }));
const CONTAINER = shape({
  Id: text,
  Names: maybe(list(text)),
  Labels: LABELS,
  State: text,
  Image: maybe(text),
  Mounts: maybe(list(MOUNT)),
  Ports: maybe(list(PORT)),
  NetworkSettings: NETWORKED,
  HostConfig: maybe(shape({ NetworkMode: maybe(text) })),
  Created: maybe(number),
});
const LIFE = shape({
  Id: text,
  RestartCount: maybe(number),
  State: maybe(shape({ ExitCode: maybe(number), OOMKilled: maybe(truth) })),
  HostConfig: maybe(shape({ Memory: maybe(number) })),
  NetworkSettings: NETWORKED,
});
const SUBNET = shape({ Subnet: maybe(text), Gateway: maybe(text) });
const NETWORK = shape({
  Id: text,
  Name: text,
  Driver: maybe(text),
  Labels: LABELS,
  IPAM: maybe(shape({ Config: maybe(list(SUBNET)) })),
});
const INFO: Check = (value) =>
  shape({ SecurityOptions: maybe(list(text)), DefaultAddressPools: maybe(list(POOL)) })(value) &&
  (shape({ ID: text })(value) || shape({ ServerVersion: text })(value));

/**
 * What rsent uses of each answer (Docker Engine API 1.41 to 1.51). Whatever is not said here is not
 * read from an answer.
 */
const REPLIES: readonly (readonly [asked: RegExp, check: Check])[] = [
  [/^GET \/info$/, INFO],
  [/^GET \/containers\/json$/, list(CONTAINER)],
  [/^GET \/containers\/[^/]+\/json$/, LIFE],
  [/^GET \/networks$/, list(NETWORK)],
  [
    /^GET \/networks\/[^/]+$/,
    shape({ Id: text, Containers: maybe(map(shape({ IPv4Address: text }))) }),
  ],
  [/^GET \/volumes$/, VOLUMES],
  [/^GET \/volumes\/[^/]+$/, VOLUME],
  [/^GET \/images\/.+\/json$/, MADE],
  [/^GET \/exec\/[^/]+\/json$/, shape({ Running: truth, ExitCode: maybe(number) })],
  [/^POST \/(containers|networks)\/create$/, MADE],
  [/^POST \/volumes\/create$/, VOLUME],
  [/^POST \/containers\/[^/]+\/exec$/, MADE],
  [/^POST \/containers\/[^/]+\/wait$/, shape({ StatusCode: number })],
];

/**
 * Whether a Docker Engine can have answered this. Without that, a proxy's page or an empty body would
 * be read as "there is none", and that as an answer about what runs.
 * @param path as the Engine API has it, with or without a query
 * @param reply the parsed JSON; anything else where it was none
 */
export function isReply(method: string, path: string, reply: unknown): boolean {
  const asked = `${method} ${path.split('?', 1)[0]}`;
  const known = REPLIES.find(([pattern]) => pattern.test(asked));
  return known === undefined || known[1](reply);
}

/** True for the status of a reply that sends the client elsewhere; 304 says "it is so already". */
export function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 400 && status !== 304;
}
