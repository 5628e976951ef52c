import { join } from 'node:path';
import { type FileStore, LOCAL_FILES } from '../host/file-store.js';
import { issueCertificate } from '../host/issue-certificate.js';
import type { GivenCertificate } from '../model/certificate.js';
import type { Owner } from '../model/container.js';
import type {
  IssueCertificate,
  MakeAuthority,
  NodeNames,
  WriteCertificate,
} from '../model/plan.js';
import type { Secrets } from './secrets.js';

/** A certificate with the key that belongs to it (PEM). */
export type KeyedCertificate = NonNullable<Secrets['authority']>;

/** Shorter than what any client refuses as too long. */
const NODE_DAYS = 825;
const CERTIFICATE_MODE = 0o644;
const KEY_MODE = 0o600;

type Undo = () => Promise<void>;

/** Keep the authority beside the data; whoever is to trust the nodes needs its certificate. */
export async function keepAuthority(
  { certificate, key }: MakeAuthority,
  { certPem, keyPem }: KeyedCertificate,
): Promise<Undo> {
  // What an earlier run left half done does not fit: both are replaced, the certificate last.
  return putAll(LOCAL_FILES, [
    { path: key, content: keyPem, mode: KEY_MODE },
    { path: certificate, content: certPem, mode: CERTIFICATE_MODE },
  ]);
}

/** Issue a certificate for a node, and put it where the node looks for it. */
export async function certify(
  { path, names, owner }: IssueCertificate,
  authority: KeyedCertificate,
  store: FileStore,
): Promise<Undo> {
  const { certPem, keyPem } = await issueCertificate(authority, { ...names, days: NODE_DAYS });
  return writeFiles(path, { certPem, keyPem, caPem: authority.certPem }, owner, store);
}

/** Put the user's own certificate there: beside the data of all nodes, or where a node looks for it. */
export function placeCertificate(
  { path, owner }: WriteCertificate,
  given: GivenCertificate,
  store: FileStore,
): Promise<Undo> {
  return writeFiles(path, given, owner, store);
}

function writeFiles(
  path: string,
  { certPem, keyPem, caPem }: GivenCertificate,
  owner: Owner | undefined,
  store: FileStore,
): Promise<Undo> {
  const of = (name: string, content: string, mode: number) => ({
    ...{ path: join(path, name), content, mode },
    ...(owner === undefined ? {} : { owner }),
  });
  return putAll(store, [
    of('ca.crt', caPem, CERTIFICATE_MODE),
    of('tls.key', keyPem, KEY_MODE),
    of('tls.crt', certPem, CERTIFICATE_MODE),
  ]);
}

interface FileToPut {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  readonly owner?: Owner;
}

/** Put files in place, all or none; undone by what was there before, the last one first. */
async function putAll(store: FileStore, files: readonly FileToPut[]): Promise<Undo> {
  const undone: Undo[] = [];
  const undo = async () => {
    for (const each of undone) await each();
  };
  try {
    for (const file of files) undone.unshift(await put(store, file));
  } catch (error) {
    // Nobody undoes a step that failed.
    await undo().catch(() => undefined);
    throw error;
  }
  return undo;
}

/** Put a file in place, whatever was there; undone by what was there before. */
export async function put(
  store: FileStore,
  { path, content, mode, owner }: FileToPut,
): Promise<Undo> {
  const before = await store.readText(path);
  await store.replaceFile(path, content, mode, owner);
  return () =>
    before === undefined ? store.removeFile(path) : store.replaceFile(path, before, mode, owner);
}

/** New ones for a node that has some; files stay their owner's. */
export async function recertify(
  path: string,
  names: NodeNames,
  authority: KeyedCertificate,
  store: FileStore,
): Promise<void> {
  const { certPem, keyPem } = await issueCertificate(authority, { ...names, days: NODE_DAYS });
  await exchange(path, { certPem, keyPem }, store);
}

/** Other ones in the place of those that are there; files stay their owner's. */
export async function exchange(
  path: string,
  fresh: Partial<GivenCertificate>,
  store: FileStore,
): Promise<void> {
  const files = [
    ['ca.crt', fresh.caPem],
    ['tls.key', fresh.keyPem],
    ['tls.crt', fresh.certPem],
  ] as const;
  for (const [name, content] of files) {
    if (content !== undefined) await store.editFile(join(path, name), () => content);
  }
}
