import { relative, sep } from 'node:path';
import { RECORD_FILE, readRecord, recordPath, writeRecord } from '../host/data-home.js';
import { makeDirectory, removeFile } from '../host/disk.js';
import { placeAt, removeMade } from '../host/own-files.js';
import type { User } from '../model/access.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { AwaitAddress, ConfEdit, Step } from '../model/plan.js';
import type { TopologyRecord } from '../model/topology.js';
import { editConf } from '../plan/conf-settings.js';
import { withSecrets } from '../plan/marks.js';
import { ownIn, ownInMade } from '../plan/own-files.js';
import type { Actor } from './apply.js';
import { certify, type KeyedCertificate, keepAuthority, placeCertificate, put } from './certify.js';
import { makeNetwork, makeVolume } from './provide.js';
import { placeDump } from './seed.js';
import { placed, type StepWorld } from './step-world.js';
import { type Waiting, waitStep } from './steps-await.js';
import { type Changing, changeStep } from './steps-change.js';

type Undo = () => Promise<void>;

/** Does the steps of a plan in this world. */
export function actor(world: StepWorld): Actor {
  const starting = new Map<string, Promise<unknown>>();
  return async (step) => {
    if (step.kind === 'await-address') {
      const { container } = placed(step.node, world);
      const address = addressOf(container, world);
      await Promise.race([address, starting.get(container) ?? address]);
      return undefined;
    }
    if (isMaking(step)) return make(step, world);
    const done = isWaiting(step) ? waitStep(step, world) : changeStep(step, world);
    if (step.kind === 'start-container') starting.set(step.container, done);
    await done;
    return undefined;
  };
}

/** Resolves when it has one; nodes of a pod have that of the pod. */
async function addressOf(container: string, { record, joins }: StepWorld): Promise<void> {
  if (record.placement.pod === undefined) await joins?.of(container);
}

type Making = Exclude<Step, AwaitAddress | Waiting | Changing>;

function isMaking(step: Exclude<Step, AwaitAddress>): step is Making {
  return /^(write|make|issue|create|replace)-/.test(step.kind);
}

function isWaiting(step: Waiting | Changing): step is Waiting {
  return /^(await|check|hasten)-/.test(step.kind);
}

/** Steps that make something new, and how to take it away again. */
async function make(step: Making, world: StepWorld): Promise<Undo | undefined> {
  const { files, context } = world;
  const { engine } = context;
  const undoIf = (isNew: boolean, path: string) =>
    isNew ? () => files.removeFile(path) : undefined;
  switch (step.kind) {
    case 'write-record':
      return keepRecord(step.record, world);
    case 'make-directory':
      return (await files.makeDirectory(step.path, step.mode, step.owner))
        ? () => removeMade(world.directory, wayTo(step.path, world), ownInMade)
        : undefined;
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
    case 'replace-file':
      return put(files, { ...step, content: withSecrets(step.content, world.secrets.passwords) });
    case 'write-settings': {
      const edit = (state: 'now' | 'was') =>
        files.editFile(step.path, (text) => editConf(text, filledIn(step.edits, world), state));
      await edit('now');
      return () => edit('was');
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

/** With the passwords in their places. */
function filledIn(edits: readonly ConfEdit[], world: StepWorld): ConfEdit[] {
  return edits.map((edit) => {
    const values = edit.secret === undefined ? undefined : [[secretOf(edit.secret, world)]];
    return values === undefined ? edit : { ...edit, was: values, now: values };
  });
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

/** The record that was there before comes back; a directory goes only when this run has made it. */
async function keepRecord(record: TopologyRecord, world: StepWorld): Promise<Undo> {
  const { home } = world.context;
  const { name } = record.spec;
  const before = await readRecord(home, name);
  const isNew = await makeDirectory(world.directory, 0o700);
  const undoDirectory = async () => {
    if (isNew) await removeMade(world.directory, [], ownInMade);
  };
  try {
    await writeRecord(home, record);
  } catch (error) {
    // Nobody undoes a step that failed, and an empty directory is a riddle to whoever finds it.
    await undoDirectory().catch(() => undefined);
    throw error;
  }
  if (before !== undefined) return () => writeRecord(home, before);
  return async () => {
    await requireNothingOf(record, world.directory);
    await removeFile(recordPath(home, name));
    await undoDirectory();
  };
}

/** What is left of a topology is known, and can be removed, by its record alone. */
async function requireNothingOf(record: TopologyRecord, directory: string): Promise<void> {
  const place = await placeAt(directory);
  const own = place.kind === 'directory' ? ownIn(place.entries, record) : [];
  const left = own.filter(({ way, how }) => how !== 'empty' && way[0] !== RECORD_FILE);
  if (left.length === 0) return;
  const names = left.map(({ way }) => way.join('/')).join(', ');
  throw new RsentError('topology', `kept, as some of its files could not be removed: ${names}`);
}

function wayTo(path: string, { directory }: StepWorld): string[] {
  return relative(directory, path).split(sep);
}
