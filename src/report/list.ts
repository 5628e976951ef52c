import { type Paint, table } from './text.js';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly containers: number;
  readonly master?: string;
}

/** The document that `ls --json` prints. */
export function listJson(rows: readonly Row[]): object {
  return {
    schemaVersion: 1,
    topologies: rows.map((row) => ({ ...row, master: row.master ?? null })),
  };
}

export function listText(rows: readonly Row[], paint: Paint): string {
  if (rows.length === 0) return 'No topologies. rsent up creates one.';
  const cells = rows.map(({ name, state, containers, master }) => [
    name,
    state,
    String(containers),
    master ?? '-',
  ]);
  return table(['TOPOLOGY', 'STATE', 'CONTAINERS', 'MASTER'], cells, paint);
}
