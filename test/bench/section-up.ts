import type { Bench } from './bench.js';
import { Floor } from './floor.js';
import { modelsOf, siteOf } from './model.js';
import { composePeer, type Peer, plainPeer } from './peers.js';
import { type Contestant, type Course, race } from './rounds.js';
import { composeOf, hasDockerCommand } from './tools.js';

/** Up and down: the engine alone, rsent in two forms, and the peers that are here. */
export async function upSection(bench: Bench, course: Course): Promise<void> {
  const [model] = await modelsOf(bench, [], 1);
  if (model === undefined) return;
  const site = siteOf(model);
  const contestants = [floor(new Floor(bench, [model])), rsent(bench, 'rsent', [])];
  const compose = await composeOf(bench);
  if ('path' in compose) {
    contestants.push(peer('compose', () => composePeer(bench, site, compose.path)));
  } else course.ledger.miss(rowsOf('compose'), compose.missing);
  if (await hasDockerCommand(bench)) contestants.push(peer('plain', () => plainPeer(bench, site)));
  else course.ledger.miss(rowsOf('plain'), 'there is no docker command');
  contestants.push(rsent(bench, 'pod', ['--network', 'pod']));
  await race(contestants, course);
}

const rowsOf = (kind: string) => [`up.${kind}`, `down.${kind}`];

function contestant(
  kind: string,
  measure: () => Promise<{ up: number; down: number }>,
): Contestant {
  return {
    ...{ name: kind, rows: rowsOf(kind) },
    measure: async () => {
      const { up, down } = await measure();
      return [
        { row: `up.${kind}`, value: up },
        { row: `down.${kind}`, value: down },
      ];
    },
  };
}

function floor(own: Floor): Contestant {
  return contestant('floor', () => own.measure());
}

/** A new topology each time: nothing of it is there before. */
function rsent(bench: Bench, kind: string, args: readonly string[]): Contestant {
  return contestant(kind, () =>
    bench.withTopology(kind, async (name) => {
      const { seconds: up } = await bench.rsent('up', name, ...args);
      const { seconds: down } = await bench.rsent('down', name);
      return { up, down };
    }),
  );
}

function peer(kind: string, make: () => Promise<Peer>): Contestant {
  return contestant(kind, async () => {
    const { up, down, forget } = await make();
    const seconds = { up: await up(), down: await down() };
    await forget();
    return seconds;
  });
}
