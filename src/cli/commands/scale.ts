import { RsentError } from '../../model/errors.js';
import type { TopologySpec } from '../../model/spec.js';
import { durationFlag, nameOf, readSaid } from '../inputs.js';
import { type Arguments, COMMON, declare, SPEC, text, withName } from '../options.js';
import { output } from '../output.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent scale [name] --replicas N --sentinels N` */
export function scaleCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        replicas: SPEC.replicas,
        sentinels: SPEC.sentinels,
        quorum: SPEC.quorum,
        'allow-unsafe': SPEC['allow-unsafe'],
        recreate: {
          type: 'boolean',
          describe: 'make all containers anew, where nodes cannot join otherwise (form pod)',
        },
        timeout: text('time to become healthy (60s)'),
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const said = await readSaid(args);
  const name = nameOf(said);
  const asked = askedCounts(said.layers);
  const timeoutMs = durationFlag(args, 'timeout', 60_000);
  const [{ scale }, { exclusively }, { scaledLayer }, { resolveSpec }, report, context] =
    await Promise.all([
      import('../../flow/scale.js'),
      import('../../flow/exclusive.js'),
      import('../../spec/scaled.js'),
      import('../../spec/resolve.js'),
      import('../../report/scale.js'),
      openContext(session, args),
    ]);
  const resolve = (existing: TopologySpec) => {
    const layers = said.layers.map(({ values, where }) => ({ values: countsOf(values), where }));
    const base = scaledLayer(existing, asked);
    const { spec } = resolveSpec([...layers, base], said.problems);
    // An image that stands in for another was not named by the user.
    return { ...spec, image: existing.image };
  };
  const result = await exclusively(context, name, () =>
    scale(context, name, { resolve, timeoutMs, recreate: args['recreate'] === true }),
  );
  const shown = { ...result, spec: result.record.spec };
  if (args['json']) output.json(report.scaleJson(shown));
  else output.answer(report.scaleText(shown));
}

type Values = Readonly<Record<string, unknown>>;

/** A spec file says more than counts; what else it says is for `up` and `set`. */
function countsOf({ name, replicas, sentinels, quorum, allowUnsafe }: Values): Values {
  return { name, replicas, sentinels, quorum, allowUnsafe };
}

/** @throws RsentError `usage` when no count is named */
function askedCounts(layers: readonly { readonly values: Values }[]) {
  const first = (key: string) =>
    layers.map(({ values }) => values[key]).find((value) => value !== undefined);
  const [replicas, sentinels] = [first('replicas'), first('sentinels')];
  if (replicas !== undefined || sentinels !== undefined) return { replicas, sentinels };
  throw new RsentError('usage', 'scale needs --replicas, --sentinels, or both.', {
    hint: 'Nothing was done. rsent scale --replicas 4 --sentinels 5 is an example.',
  });
}
