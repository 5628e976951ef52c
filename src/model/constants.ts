/** Labels on everything rsent creates; the only way it recognises its own. */
export const LABEL = {
  schema: 'rsent.schema',
  topology: 'rsent.topology',
  node: 'rsent.node',
  kind: 'rsent.kind',
  masterName: 'rsent.master-name',
  address: 'rsent.address',
  published: 'rsent.published',
  sentinelId: 'rsent.sentinel-id',
  directory: 'rsent.directory',
  origin: 'rsent.origin',
} as const;

export const LABEL_SCHEMA = '1';
/** What its labels say of a throw-away container, which is of no topology. */
export const PROBE_KIND = 'probe';
/** Of the container that holds the network namespace of all nodes. */
export const POD_KIND = 'pod';
/** Of a container through which files pass into volumes. */
export const HELPER_KIND = 'files';

/** What tells one user of one machine from any other: 128 random bits. */
export const ORIGIN = /^[0-9a-f]{32}$/;

/** Every name that a topology may have. */
export const TOPOLOGY_NAME = /^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/;

export const DEFAULT_TOPOLOGY = 'rsent';
export const DEFAULT_IMAGE = 'redis:8.0';
/** What `rsent image build` makes; stands in for the default image where no registry answers. */
export const LOCAL_IMAGE = 'rsent/redis:local';

/** Where only this host's own programs reach a published port. */
export const LOOPBACK = '127.0.0.1';

/** A question to a node gets this long, then the node counts as unreachable. */
export const ASK_TIMEOUT_MS = 2000;

/** Sentinel's own period between PINGs (sentinel.c, SENTINEL_PING_PERIOD). */
export const PING_PERIOD_MS = 1000;
/**
 * During the boot only: a first connection that failed is tried again at every tick of Sentinel's timer,
 * which has 50 to 100 ms (sentinel.c, sentinelTimer). Below 200 ms a failover would abort for want of
 * a good replica.
 */
export const BOOT_PING_PERIOD_MS = 20;
/** Where Sentinels say hello to each other (sentinel.c, SENTINEL_HELLO_CHANNEL). */
export const HELLO_CHANNEL = '__sentinel__:hello';
/** Sentinels say hello to each other this often (sentinel.c, SENTINEL_PUBLISH_PERIOD). */
export const HELLO_PERIOD_MS = 2000;

/** No text that rsent reads is larger (bytes). Redis itself writes confs of some kilobytes. */
export const LARGEST_TEXT = 16 * 1024 * 1024;
