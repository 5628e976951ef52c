import { CAMPAIGN, DRILL, DrillFlags } from '../drill-inputs.js';
import { carryOutAll } from '../drill-session.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, withName } from '../options.js';
import type { Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent drill [name]`: exit 0 when every drill went as it should. */
export function drillCommand(session: Session): Verb {
  return {
    builder: (yargs) => declare(withName(yargs), { ...COMMON, ...CAMPAIGN, ...DRILL }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const name = await readName(args);
  const flags = new DrillFlags(args);
  const common = flags.common();
  const chosen = flags.chosen();
  const files = await flags.files();
  flags.check();
  await carryOutAll(session, args, name, { chosen, common, files, isRepeat: false });
}
