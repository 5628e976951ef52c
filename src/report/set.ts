interface Done {
  readonly topology: string;
  readonly changes: readonly {
    readonly what: string;
    readonly was: string;
    readonly now: string;
  }[];
  readonly live: boolean;
}

/** The document that `set --json` prints. */
export function setJson({ topology, changes, live }: Done): object {
  const shown = changes.map(({ what, was, now }) => ({ setting: what, was, now }));
  return { schemaVersion: 1, topology, changed: shown.length > 0, live, settings: shown };
}

export function setText({ topology, changes, live }: Done): string {
  if (changes.length === 0) return `${topology} has these settings already.`;
  const where = live ? 'on every node' : `when it starts: rsent up ${topology}`;
  const lines = changes.map(({ what, was, now }) => `  ${what}: ${was} -> ${now}`);
  return [`${topology} has other settings, ${where}.`, ...lines].join('\n');
}
