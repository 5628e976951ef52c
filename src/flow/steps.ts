import { infoFields, textOf } from '../health/raw.js';
import { readRecord, writeRecord } from '../host/data-home.js';
import { makeDirectory, removeTree } from '../host/disk.js';
import type { FileStore } from '../host/file-store.js';
import type { User } from '../model/access.js';
import type { GivenCertificate } from '../model/certificate.js';
import { BOOT_PING_PERIOD_MS } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { Step } from '../model/plan.js';
import type { NodePlacement, TopologyRecord } from '../model/topology.js';
import { followMaster } from '../plan/kept.js';
import { topologyLabels } from '../plan/labels.js';
import { withSecrets } from '../plan/marks.js';
import type { NodeClient } from '../redis/client.js';
import type { Actor } from './apply.js';
import { certify, type KeyedCertificate, keepAuthority, placeCertificate } from './certify.js';
import type { Context } from './context.js';
import { makeNetwork, makeVolume } from './provide.js';
import type { Secrets } from './secrets.js';
import { checkKeys, type OpenDump, placeDump } from './seed.js';
import { stopAndRemove } from './stop.js';
import { waitFor } from './wait.js';

export interface StepWorld {
  readonly context: Context;
  readonly record: TopologyRecord;
  readonly files: FileStore;
  /** The directory of the topology. */
  readonly directory: string;
  readonly client: (node: NodePlacement) => NodeClient;
  /** What stands where the plan has only a mark for it. */
  readonly secrets: Secrets;
  readonly deadline: number;
  /** The dump of a backup, where the plan needs one. */
  readonly dump?: OpenDump | undefined;
}

type Undo = () => Promise<void>;

const POLL_MS = 10;
/** How often a node that does not answer yet is checked for having died. */
const ALIVE_CHECK_MS = 500;

/** Does the steps of a plan in this world. */
export function actor(world: StepWorld): Actor {
  return async (step) => {
    if (isMaking(step)) return make(step, world);
    await change(step, world);
    return undefined;
  };
}

type Making = Extract<
  Step,
  {
    kind:
      | 'write-record'
      | 'write-secret'
      | 'make-authority'
      | 'issue-certificate'
      | 'write-certificate'
      | 'make-directory'
      | 'write-file'
      | 'write-dump'
      | 'create-volume'
      | 'create-network'
      | 'create-container';
  }
>;

function isMaking(step: Step): step is Making {
  return /^(write|make|issue|create)-/.test(step.kind);
}

/** Steps that make something new, and how to take it away again. */
async function make(step: Making, world: StepWorld): Promise<Undo | undefined> {
  const { files, context } = world;
  const { engine } = context;
  const undoIf = (isNew: boolean, path: string) =>
    isNew ? () => files.removeTree(path) : undefined;
  switch (step.kind) {
    case 'write-record':
      return keepRecord(step.record, world);
    case 'make-directory':
      return undoIf(await files.makeDirectory(step.path, step.mode, step.owner), step.path);
    case 'write-secret': {
      const secret = `${secretOf(step.user, world)}\n`;
      return undoIf(await files.writeOnce(step.path, secret, step.mode), step.path);
    }
    case 'make-authority':
      return keepAuthority(step, authorityOf(world));
    case 'issue-certificate':
      return certify(step, authorityOf(world), files);
    case 'write-certificate':
      return placeCertificate(step, certificateOf(world), files);
    case 'write-file': {
      const content = withSecrets(step.content, world.secrets.passwords);
      return undoIf(await files.writeOnce(step.path, content, step.mode, step.owner), step.path);
    }
    case 'write-dump':
      return placeDump(step, files, world.dump, context.signal);
    case 'create-volume':
      return makeVolume(step, engine, files);
    case 'create-network':
      return makeNetwork(step, engine);
    case 'create-container':
      await engine.createContainer(step.container);
      return () => engine.removeContainer(step.container.name);
  }
}

/** Steps that start, wait and set: removing what was made undoes them too. */
async function change(step: Exclude<Step, Making>, world: StepWorld): Promise<void> {
  const { engine } = world.context;
  switch (step.kind) {
    case 'follow-master':
      return world.files.editFile(step.path, (text) => followMaster(text, step.master));
    case 'start-container':
      return engine.startContainer(step.container);
    case 'resume-container':
      return engine.resumeContainer(step.container);
    case 'remove-container':
      return stopAndRemove(engine, {
        name: step.container,
        state: (await stateOf(step.container, world)) ?? 'running',
      });
    case 'connect-container':
      return engine.connect(step.container, step.network, step.ip);
    case 'await-ready':
      return awaitInfo(step.node, world, 'to answer and to have loaded its data', isLoaded);
    case 'check-keys':
      await awaitInfo(step.node, world, 'to load its data', isLoaded);
      await checkKeys(step, world.client(placed(step.node, world)));
      return;
    case 'await-sync':
      return awaitInfo(step.node, world, 'to be in sync with its master', isLinked);
    case 'hasten-sentinel':
      return hasten(step.node, world);
  }
}

async function stateOf(container: string, { context, record }: StepWorld) {
  const rows = await context.engine.containers(topologyLabels(record.spec.name));
  return rows.find(({ name }) => name === container)?.state;
}

type Info = ReadonlyMap<string, string>;

function isLoaded(info: Info): boolean {
  return info.get('loading') !== '1';
}

function isLinked(info: Info): boolean {
  return info.get('master_link_status') === 'up';
}

function secretOf(user: User, { secrets }: StepWorld): string {
  if (secrets.passwords !== undefined) return secrets.passwords[user];
  throw new RsentError('bug', 'The plan needs a password, and there is none.');
}

function authorityOf({ secrets }: StepWorld): KeyedCertificate {
  if (secrets.authority !== undefined) return secrets.authority;
  throw new RsentError('bug', 'The plan needs an authority, and there is none.');
}

function certificateOf({ secrets }: StepWorld): GivenCertificate {
  if (secrets.certificate !== undefined) return secrets.certificate;
  throw new RsentError('bug', 'The plan needs a certificate, and there is none.');
}

async function keepRecord(record: TopologyRecord, world: StepWorld): Promise<Undo> {
  const { home } = world.context;
  const before = await readRecord(home, record.spec.name);
  await makeDirectory(world.directory, 0o700);
  await writeRecord(home, record);
  return () => (before === undefined ? removeTree(world.directory) : writeRecord(home, before));
}

/** From 7.0 on; put back by `up` before it ends, and by the verifier's finding if it did not. */
async function hasten(node: string, world: StepWorld): Promise<void> {
  await awaitInfo(node, world, 'to answer', () => true);
  await world
    .client(placed(node, world))
    .call('SENTINEL', 'DEBUG', 'ping-period', BOOT_PING_PERIOD_MS);
}

async function awaitInfo(
  name: string,
  world: StepWorld,
  what: string,
  good: (info: Info) => boolean,
): Promise<void> {
  const node = placed(name, world);
  const client = world.client(node);
  let checked = Date.now();
  const done = await waitFor(
    async () => {
      const { info } = await client.ask({ info: ['INFO'] });
      const text = textOf(info);
      if (text !== undefined && good(infoFields(text))) return true;
      if (Date.now() - checked < ALIVE_CHECK_MS) return undefined;
      checked = Date.now();
      await rejectDead(node, world);
      return undefined;
    },
    { deadline: world.deadline, everyMs: POLL_MS, signal: world.context.signal },
  );
  if (done) return;
  throw new RsentError('unhealthy', `${name} took too long ${what}.`, {
    hint: await lastWords(node.container, world),
  });
}

async function rejectDead(node: NodePlacement, world: StepWorld): Promise<void> {
  const state = (await stateOf(node.container, world)) ?? 'absent';
  if (state === 'running' || state === 'created') return;
  throw new RsentError('unhealthy', `${node.name} did not stay up: its container is ${state}.`, {
    hint: await lastWords(node.container, world),
  });
}

async function lastWords(container: string, { context }: StepWorld): Promise<string> {
  const log = await context.engine.logs(container, 10).catch(() => '');
  return log.trim() === ''
    ? `${container} has logged nothing.`
    : `The last lines of ${container}:\n${log.trimEnd()}`;
}

function placed(name: string, { record }: StepWorld): NodePlacement {
  const node = record.placement.nodes.find((each) => each.name === name);
  if (node === undefined)
    throw new RsentError('bug', `The plan names ${name}, which has no place.`);
  return node;
}
