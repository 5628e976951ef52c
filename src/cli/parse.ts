import yargs from 'yargs';
import { RsentError } from '../model/errors.js';
import { backupCommand } from './commands/backup.js';
import { cliCommand } from './commands/cli.js';
import { connectCommand } from './commands/connect.js';
import { doctorCommand } from './commands/doctor.js';
import { downCommand } from './commands/down.js';
import { drillCommand } from './commands/drill.js';
import { execCommand } from './commands/exec.js';
import { exportCommand } from './commands/export.js';
import { failoverCommand } from './commands/failover.js';
import { imageCommand } from './commands/image.js';
import { initCommand } from './commands/init.js';
import { logsCommand } from './commands/logs.js';
import { lsCommand } from './commands/ls.js';
import { moveCommands } from './commands/moves.js';
import { pruneCommand } from './commands/prune.js';
import { resetCommand } from './commands/reset.js';
import { restoreCommand } from './commands/restore.js';
import { rotateCertsCommand } from './commands/rotate-certs.js';
import { rotatePasswordCommand } from './commands/rotate-password.js';
import { scaleCommand } from './commands/scale.js';
import { setCommand } from './commands/set.js';
import { startCommand } from './commands/start.js';
import { statusCommand } from './commands/status.js';
import { stopCommand } from './commands/stop.js';
import { upCommand } from './commands/up.js';
import { upgradeCommand } from './commands/upgrade.js';
import type { Session } from './session.js';

/**
 * Understand the command line and run the verb that it names.
 * @throws RsentError `usage` when it cannot be understood; whatever the verb throws
 */
export async function parse(
  argv: readonly string[],
  session: Session,
  version: string,
): Promise<void> {
  let misuse: string | undefined;
  const parser = yargs([...argv])
    .scriptName('rsent')
    .usage(
      '$0 <verb> [name]\n\nA real Redis Sentinel topology on Docker: made, proven, broken on purpose, healed.',
    )
    .command(upCommand(session))
    .command(statusCommand(session))
    .command(connectCommand())
    .command(execCommand(session, afterDashes(argv)))
    .command(doctorCommand(session))
    .command(failoverCommand(session))
    .command(drillCommand(session))
    .command(cliCommand(session))
    .command(logsCommand(session))
    .command(scaleCommand(session))
    .command(stopCommand(session))
    .command(startCommand(session))
    .command(backupCommand(session))
    .command(restoreCommand(session))
    .command(downCommand(session))
    .command(resetCommand(session))
    .command(moveCommands(session))
    .command(setCommand(session))
    .command(rotatePasswordCommand(session))
    .command(rotateCertsCommand(session))
    .command(upgradeCommand(session))
    .command(lsCommand(session))
    .command(pruneCommand(session))
    .command(initCommand(session))
    .command(exportCommand(session))
    .command(imageCommand(session))
    .parserConfiguration({ 'populate--': true })
    .middleware(rejectAfterDashes, true)
    .demandCommand(1, 'Say what to do: one of the verbs.')
    .strict()
    .version(version)
    .help()
    .wrap(Math.min(100, process.stderr.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      misuse = message;
      throw new RsentError('usage', message, {
        hint: 'rsent --help lists the verbs; rsent VERB --help its options.',
      });
    });
  await parser.parseAsync();
  if (misuse !== undefined) throw new RsentError('usage', misuse);
}

/** As it was typed: yargs would make 1000 of 1e3. */
function afterDashes(argv: readonly string[]): readonly string[] {
  return argv.includes('--') ? argv.slice(argv.indexOf('--') + 1) : [];
}

/**
 * What follows `--` is for the command that `exec` runs, or for redis-cli. It would otherwise be
 * passed over, and the verb act on the default topology.
 */
function rejectAfterDashes(argv: Record<string, unknown>): void {
  const rest = argv['--'];
  const [verb] = Array.isArray(argv['_']) ? argv['_'] : [];
  if (!Array.isArray(rest) || rest.length === 0 || verb === 'cli' || verb === 'exec') return;
  throw new RsentError('usage', `Nothing may follow --, but ${rest.join(' ')} does.`);
}
