import { type Ended, runCommand, type SignalSource } from '../host/command.js';
import { readRecord } from '../host/data-home.js';
import { RsentError } from '../model/errors.js';
import { environmentOf } from '../report/connection.js';
import { connectionTo, passwordFor } from './connect.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';
import { status } from './status.js';

/**
 * Run a command that finds in its environment how the topology is reached, the password included.
 * @param command the program and its arguments
 * @param signals what is passed on to it
 * @throws RsentError `topology` when the topology is not up, `usage` when there is no such command
 */
export async function exec(
  context: Context,
  name: string,
  command: readonly string[],
  signals: SignalSource,
): Promise<Ended> {
  const connection = await connectionTo(context.home, name, true);
  await rejectDown(context, name);
  const password = await passwordFor(connection, context.home);
  return runCommand(command, environmentOf(connection, password), signals);
}

async function rejectDown(context: Context, name: string): Promise<void> {
  const hint = `The command was not run. rsent up ${name} brings the topology up.`;
  const record = await readRecord(context.home, name);
  const { nodes } = await findRunning(context.engine, name, record);
  if (nodes.length === 0) throw new RsentError('topology', `${name} is not up.`, { hint });
  const { verdict } = await status(context, name, { deep: false, flush: false });
  if (context.signal.aborted) throw new RsentError('interrupted', 'Interrupted.');
  const [finding] = verdict.findings;
  const saw = finding === undefined ? '' : `: ${finding.subject}: ${finding.saw}`;
  if (verdict.state === 'down')
    throw new RsentError('topology', `${name} is down${saw}.`, { hint });
  if (verdict.state === 'degraded') context.progress.warn(`${name} is degraded${saw}.`);
}
