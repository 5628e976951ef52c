import { chooseTargets } from '../drill/target.js';
import type { Credentials } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import { tlsFiles } from '../model/inside.js';
import type { NodePlacement } from '../model/topology.js';
import { type ClientCommand, readsStdin } from '../plan/client-command.js';
import { candidatesFor } from './candidates.js';
import { InnerClient } from './client-session.js';
import type { Context } from './context.js';
import { findKnown, type Known } from './find.js';
import type { Seat } from './seat.js';

/** What a client is to do, and for whom. */
export interface ClientOrder {
  /** A node or a role. */
  readonly target: string;
  /** As whom, where everyone is a user of its own. */
  readonly as: 'app' | 'rsent';
  /** For redis-cli itself. */
  readonly args: readonly string[];
}

type Node = Pick<NodePlacement, 'name' | 'kind' | 'container' | 'address'>;

/**
 * Run redis-cli in the container of a node, and give its exit code.
 * @throws RsentError `usage` when the target means nobody or several, `refused` when its container
 * does not run
 */
export async function clientIn(
  context: Context,
  name: string,
  order: ClientOrder,
  seat: Seat,
): Promise<number> {
  const known = await findKnown(context, name);
  const { node, role } = await nodeFor(context, known, order.target);
  const credentials = credentialsFor(known, node, order.as);
  const secured = known.record?.spec.security;
  if (secured?.auth && credentials.password === undefined) {
    context.progress.warn(`The password of ${name} is not in ${context.home}.`);
  }
  const isTalk = seat.tty && order.args.length === 0;
  if (isTalk) context.progress.note(`${node.name}, ${role} of ${name}`);
  const formatted = seat.isRead && !seat.tty ? ['--no-raw'] : [];
  const command: ClientCommand = {
    port: node.address.port,
    ...(secured?.tls && known.record !== undefined
      ? { authorityFile: tlsFiles(known.record.placement).authority }
      : {}),
    args: [...formatted, ...order.args],
    ...(credentials.username === undefined ? {} : { user: credentials.username }),
  };
  const whom = { topology: name, node: node.name, container: node.container };
  const client = new InnerClient(context.engine, whom);
  const { signal } = context;
  await client.start(command, credentials.password, seat.tty ? seat.size() : undefined, signal);
  return client.serve(seat, seat.tty || readsStdin(order.args), signal);
}

function credentialsFor({ access }: Known, node: Node, as: 'app' | 'rsent'): Credentials {
  return as === 'rsent' ? access[node.kind] : access.application;
}

async function nodeFor(
  context: Context,
  known: Known,
  target: string,
): Promise<{ readonly node: Node; readonly role: string }> {
  const { nodes, candidates } = await candidatesFor(context, known, [target]);
  const runs = ({ name }: { readonly name: string }) =>
    known.running.nodes.find((each) => each.name === name)?.state === 'running';
  const isNamed = candidates.some(({ name }) => name === target);
  const [chosen, ...more] = chooseTargets(target, isNamed ? candidates : candidates.filter(runs));
  const node = nodes.find(({ name }) => name === chosen?.name);
  if (chosen === undefined || node === undefined || more.length > 0) {
    throw new RsentError('usage', `${target} is not one node.`);
  }
  if (!runs(node)) throw notRunning(known, node.name);
  return { node, role: chosen.role === 'unknown' ? 'a data node' : chosen.role };
}

function notRunning({ running }: Known, node: string): RsentError {
  const state = running.nodes.find(({ name }) => name === node)?.state;
  const why =
    state === undefined ? `${node} has no container` : `The container of ${node} is ${state}`;
  return new RsentError('refused', `${why}: there is nobody to talk to.`, {
    hint: `rsent status ${running.name} shows who is what; rsent up ${running.name} brings back what is missing.`,
  });
}
