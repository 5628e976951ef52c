import { bytes, harmless, type Paint, table } from './text.js';

interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly topology?: string;
  readonly why: string;
}

interface Found extends Thing {
  readonly state?: string;
  readonly bytes?: number;
}

interface Look {
  readonly found: readonly Found[];
  readonly remove: readonly Found[];
  readonly kept: readonly Thing[];
}

interface Done {
  readonly removed: readonly Found[];
  readonly failed: readonly Thing[];
  readonly changed: readonly Thing[];
}

/**
 * The document that `prune --json` prints.
 * @param done absent where it only looked
 */
export function pruneJson({ found, kept }: Look, done?: Done): object {
  const thing = ({ kind, name, topology, why }: Thing) => ({
    ...{ kind, name, topology: topology ?? null, why },
  });
  return {
    schemaVersion: 1,
    found: found.map((each) => ({
      ...thing(each),
      ...{ state: each.state ?? null, bytes: each.bytes ?? null },
    })),
    removed: (done?.removed ?? []).map(thing),
    kept: [...kept, ...(done?.changed ?? [])].map(thing),
    failed: (done?.failed ?? []).map(thing),
  };
}

/** What was found, before anything is removed. */
export function pruneText({ found, remove, kept }: Look, paint: Paint): string {
  const data = found.filter((each) => !remove.includes(each));
  const isData = (each: Thing) =>
    data.some(({ name, kind }) => name === each.name && kind === each.kind);
  const others = kept.filter((each) => !isData(each));
  return [
    remove.length === 0 ? 'Nothing to remove.' : rows(remove, paint),
    ...(data.length === 0
      ? []
      : [`Kept, as it is data; rsent prune --volumes removes it:\n${rows(data, paint)}`]),
    ...(others.length === 0 ? [] : [`Not touched:\n${others.map(line).join('\n')}`]),
  ].join('\n\n');
}

/** What became of it. */
export function prunedText({ removed, failed, changed }: Done): string {
  const kinds = [...new Set(removed.map(({ kind }) => kind))];
  const counts = kinds.map((kind) =>
    count(removed.filter((each) => each.kind === kind).length, kind),
  );
  return [
    counts.length === 0 ? 'Nothing was removed.' : `Removed: ${counts.join(', ')}.`,
    ...(failed.length === 0 ? [] : [`Could not be removed:\n${failed.map(line).join('\n')}`]),
    ...(changed.length === 0 ? [] : [`Not touched:\n${changed.map(line).join('\n')}`]),
  ].join('\n');
}

function rows(found: readonly Found[], paint: Paint): string {
  const cells = found.map(({ kind, name, topology, state, bytes: size, why }) => [
    kind,
    harmless(name),
    topology ?? '-',
    state ?? (size === undefined ? '-' : bytes(size)),
    harmless(why),
  ]);
  return table(['KIND', 'NAME', 'TOPOLOGY', 'STATE', 'WHY'], cells, paint);
}

function line({ kind, name, why }: Thing): string {
  return `  ${kind} ${harmless(name)}: ${harmless(why)}`;
}

function count(many: number, kind: string): string {
  if (many === 1) return `1 ${kind}`;
  return `${many} ${kind === 'directory' ? 'directories' : `${kind}s`}`;
}
