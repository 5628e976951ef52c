import { join, resolve } from 'node:path';
import { replaceFile } from '../host/disk.js';
import { LOCAL_FILES } from '../host/file-store.js';
import { hostAddresses } from '../host/network.js';
import { loadTemplates } from '../host/templates.js';
import { wholeDirectory } from '../host/whole-directory.js';
import { passwordFile } from '../model/access.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import type { RunningTopology, TopologyRecord } from '../model/topology.js';
import { composeFile, exportedRecord } from '../plan/compose.js';
import { exportFiles } from '../plan/compose-files.js';
import { NOTHING_THERE, type UpFacts } from '../plan/up-facts.js';
import { COMPOSE_FILE, type ComposeExport, composeText } from '../report/compose.js';
import { connectionOf } from '../report/connection.js';
import { differences, differenceText } from '../spec/differences.js';
import { apply } from './apply.js';
import { type Context, identityFor } from './context.js';
import { findOwn } from './find.js';
import { knowsSentinelDebug, type ReadyImage } from './image.js';
import { Patience } from './patience.js';
import { placeRecord } from './placing.js';
import { getReady } from './ready.js';
import { accessOf, type KeptSecrets } from './secrets.js';
import { actor } from './steps.js';

export interface ExportOptions {
  readonly name: string;
  /** The directory to write; it must not be there yet, or be empty. */
  readonly to: string;
  /** The spec, given that of the topology that exists already, if any. Throws when it is illegal. */
  readonly resolve: (existing: TopologySpec | undefined) => TopologySpec;
  /** The password that the user gave; one is made when there is none. */
  readonly password?: string;
  /** The certificate that the user gave, checked. */
  readonly certificate?: GivenCertificate;
}

/**
 * Write a directory with which Compose runs a topology without rsent: as recorded where there is
 * one of that name, else as `up` would place it. The confs are those of the first start.
 * @throws RsentError `spec`, `engine`, `topology` as `up` does; `usage` when the directory is taken.
 * Nothing is written then
 */
export async function exportCompose(
  context: Context,
  options: ExportOptions,
): Promise<ComposeExport> {
  const directory = resolve(options.to);
  return wholeDirectory(directory, async (draft) => {
    const { record, image, secrets, isKept } = await settle(context, options);
    const facts = await factsOf(record, image, secrets, draft);
    await writeNodeFiles(context, facts, secrets);
    const near = { passwordFile: `./${passwordFile('app')}`, authorityFile: './ca.crt' };
    const connection = connectionOf(record, near, false);
    const text = composeText(composeFile(facts), { connection, isKept, user: facts.user });
    await replaceFile(join(draft, COMPOSE_FILE), text, 0o644);
    return { connection, directory, isKept };
  });
}

/** What is exported: read everything, decide once. */
async function settle(context: Context, options: ExportOptions) {
  const { existing, running } = await findOwn(context, options.name);
  const asked = options.resolve(existing?.spec);
  if (existing !== undefined) rejectOther(existing.spec, asked);
  const given = { ...options, touching: false };
  const { spec, image, secrets } = await getReady(context, asked, existing, given);
  const placed = existing ?? (await placedAnew(context, spec, running));
  return { record: exportedRecord(placed), image, secrets, isKept: existing !== undefined };
}

async function placedAnew(
  context: Context,
  spec: TopologySpec,
  running: RunningTopology,
): Promise<TopologyRecord> {
  const nothing = { subnets: [], ports: [], shown: {} };
  const { record } = await placeRecord(context, spec, undefined, running, nothing);
  context.progress.note(
    `${spec.name} is not there yet: placed as rsent up would begin to (${record.placement.form}), and not tried`,
  );
  return record;
}

/** As for a topology of which nothing is there, with redis-1 as its master. */
async function factsOf(
  record: TopologyRecord,
  image: ReadyImage,
  secrets: KeptSecrets,
  directory: string,
): Promise<UpFacts> {
  const master = record.placement.nodes[0]?.address;
  if (master === undefined) throw new RsentError('bug', 'A topology without nodes.');
  return {
    ...NOTHING_THERE,
    ...identityFor(record.placement),
    ...{ record, directory, master },
    templates: await loadTemplates(record.spec.templates),
    server: image.server,
    version: image.version,
    canHasten: knowsSentinelDebug(image.version),
    hasAuthority: secrets.hasAuthority || secrets.certificate !== undefined,
    hostAddresses: hostAddresses(),
    recorded: true,
  };
}

async function writeNodeFiles(
  context: Context,
  facts: UpFacts,
  secrets: KeptSecrets,
): Promise<void> {
  const { record, directory, hasAuthority } = facts;
  const authority = secrets.certificate?.caPem ?? secrets.authority?.certPem;
  const act = actor({
    ...{ context, record, directory, secrets },
    files: LOCAL_FILES,
    access: accessOf(secrets, record.spec.security.acl),
    client: () => {
      throw new RsentError('bug', 'An export asks no node.');
    },
    patience: new Patience(Number.POSITIVE_INFINITY),
  });
  await apply(exportFiles(facts, hasAuthority ? authority : undefined), act, [], context);
}

function rejectOther(existing: TopologySpec, asked: TopologySpec): void {
  const lines = differences(existing, asked).map(differenceText);
  if (lines.length === 0) return;
  const list = lines.map((line) => `  - ${line}`).join('\n');
  throw new RsentError(
    'topology',
    `${existing.name} exists already, and differs from what is asked:\n${list}`,
    {
      hint: `Nothing was written. rsent export compose ${existing.name} without these exports it as it is; another name is placed anew.`,
    },
  );
}
