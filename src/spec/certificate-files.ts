import type { CertificateFiles, NamedFile } from '../model/certificate.js';
import type { Layer } from './layers.js';

const FIELD = { cert: 'tlsCert', key: 'tlsKey', ca: 'tlsCa' } as const;
const FLAG = { cert: '--tls-cert', key: '--tls-key', ca: '--tls-ca' } as const;

type Part = keyof CertificateFiles;
type Found = Partial<Record<Part, NamedFile>>;

export interface SaidFiles {
  /** Complete as far as needed; absent when none is named, or there are problems. */
  readonly files?: Found & Pick<CertificateFiles, 'cert' | 'key'>;
  readonly problems: readonly string[];
}

/**
 * Where the user's own certificate is, from what was said, first layer first.
 * @param needed which files cannot be done without
 */
export function certificateFiles(layers: readonly Layer[], needed: readonly Part[]): SaidFiles {
  const found = Object.fromEntries(
    Object.entries(FIELD).flatMap(([part, field]) => {
      const file = fileOf(layers, field);
      return file === undefined ? [] : [[part, file]];
    }),
  ) as Found;
  const [first] = Object.values(found);
  if (first === undefined) return { problems: [] };
  const missing = needed.filter((part) => found[part] === undefined);
  const problems = [...apart(first, missing, needed), ...withoutTls(layers, first)];
  const { cert, key } = found;
  const isUsable = problems.length === 0 && cert !== undefined && key !== undefined;
  return isUsable ? { files: { ...found, cert, key }, problems } : { problems };
}

/** A value that is no path is told by the check of the field. */
function fileOf(layers: readonly Layer[], field: string): NamedFile | undefined {
  const layer = layers.find(({ values }) => values[field] !== undefined);
  const path = layer?.values[field];
  return layer !== undefined && typeof path === 'string' && path !== ''
    ? { path, where: layer.where(field) }
    : undefined;
}

function apart(first: NamedFile, missing: readonly Part[], needed: readonly Part[]): string[] {
  if (missing.length === 0) return [];
  const flags = (parts: readonly Part[]) => parts.map((part) => FLAG[part]).join(' and ');
  return [
    `${first.where} is ${JSON.stringify(first.path)}, without ${flags(missing)}; legal is ${flags(needed)} together`,
  ];
}

function withoutTls(layers: readonly Layer[], first: NamedFile): string[] {
  const layer = layers.find(({ values }) => values['tls'] !== undefined);
  if (layer?.values['tls'] !== false) return [];
  return [
    `${layer.where('tls')} is false, but ${first.where} names a certificate; legal is one of them alone`,
  ];
}
