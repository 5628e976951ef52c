import { RsentError } from '../../model/errors.js';
import type { TopologySpec } from '../../model/spec.js';
import type { Difference } from '../../spec/differences.js';
import { checkedName, durationFlag, readSaid, resolveSaid, type Said } from '../inputs.js';
import { type Arguments, COMMON, declare, SPEC, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** What can be changed of a topology while it runs. */
const SETTINGS = {
  quorum: SPEC.quorum,
  'down-after': SPEC['down-after'],
  'failover-timeout': SPEC['failover-timeout'],
  'parallel-syncs': SPEC['parallel-syncs'],
  'min-replicas-to-write': SPEC['min-replicas-to-write'],
  'min-replicas-max-lag': SPEC['min-replicas-max-lag'],
  maxmemory: SPEC.maxmemory,
  fsync: SPEC.fsync,
  'redis-config': SPEC['redis-config'],
  'sentinel-config': SPEC['sentinel-config'],
};

/** `rsent set [name]` */
export function setCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        ...SETTINGS,
        timeout: text('time to be healthy with them (60s)'),
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const said = await readSaid(args);
  const name = checkedName(said);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  if (!saysAny(said)) {
    throw new RsentError('usage', 'Nothing is said of what to change.', {
      hint: `For example: rsent set ${name} --down-after 5s. rsent set --help lists the settings.`,
    });
  }
  const [
    { set },
    { exclusively },
    { setJson, setText },
    { withLive, differences, differenceText, wayText },
    context,
  ] = await Promise.all([
    import('../../flow/set.js'),
    import('../../flow/exclusive.js'),
    import('../../report/set.js'),
    import('../../spec/differences.js'),
    openContext(session, args),
  ]);
  const resolve = (existing: TopologySpec) => {
    const { spec, warnings } = resolveSaid(said, existing);
    for (const warning of warnings) context.progress.warn(warning);
    for (const other of differences(existing, spec).filter((each) => isSaidElse(said, each))) {
      context.progress.warn(`${differenceText(other)}: ${wayText(other, name)}`);
    }
    return withLive(existing, spec);
  };
  const { before, record, live } = await exclusively(context, name, () =>
    set(context, name, { resolve, timeoutMs }),
  );
  const done = { topology: name, changes: differences(before, record.spec), live };
  if (args['json']) output.json(setJson(done));
  else output.answer(setText(done));
}

/** Whether any place says one of them; a profile stands for timings. */
function saysAny({ layers }: Said): boolean {
  const keys = [...Object.keys(SETTINGS), 'profile'];
  return layers.some(({ values }) =>
    Object.entries(values).some(([key, value]) => value !== undefined && keys.includes(kebab(key))),
  );
}

/** A spec file says more than settings: it is no mistake, but does not happen either. */
function isSaidElse({ layers }: Said, { what, way }: Difference): boolean {
  const keys = layers.flatMap(({ values }) => Object.keys(values).map(kebab));
  return way !== 'live' && keys.includes(what.replace(' ', '-'));
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
