interface Moved {
  readonly topology: string;
  readonly move: string;
  readonly nodes: readonly { readonly name: string; readonly role: string }[];
}

const DONE: Readonly<Record<string, string>> = {
  kill: 'Killed',
  pause: 'Paused',
  resume: 'Resumed',
  cut: 'Cut off',
  heal: 'Put back on the network:',
  start: 'Started',
  stop: 'Stopped',
};

/** The document that `kill --json` and its likes print. */
export function moveJson({ topology, move, nodes }: Moved): object {
  const shown = nodes.map(({ name, role }) => ({ name, role }));
  return { schemaVersion: 1, topology, move, nodes: shown };
}

export function moveText({ move, nodes }: Moved): string {
  const list = nodes.map(({ name, role }) => (role === 'unknown' ? name : `${name} (${role})`));
  return `${DONE[move] ?? move} ${list.join(', ')}.`;
}
