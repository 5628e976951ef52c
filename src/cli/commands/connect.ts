import { CLIENT_PROGRAMS, type ClientProgram } from '../../model/connection.js';
import { RsentError } from '../../model/errors.js';
import { shown } from '../../model/shown.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, once, withName } from '../options.js';
import { output } from '../output.js';
import { homeOf } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent connect [name]` */
export function connectCommand(): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        client: {
          type: 'string',
          describe: `what to write for (redis-cli): ${CLIENT_PROGRAMS.join(', ')}`,
          requiresArg: true,
        },
        'show-password': {
          type: 'boolean',
          describe: 'write the password itself, not where it is kept',
        },
        nat: {
          type: 'boolean',
          describe: 'map what Sentinel hands out to where it is published (ioredis, node-redis)',
        },
      }),
    handler: (args) => handle(args),
  };
}

async function handle(args: Arguments): Promise<void> {
  const client = clientOf(args);
  const name = await readName(args);
  const { connect } = await import('../../flow/connect.js');
  const { connectJson, hintsOf } = await import('../../report/snippet.js');
  const { harmless } = await import('../../report/text.js');
  const showPassword = args['showPassword'] === true;
  const options = { client, showPassword, nat: args['nat'] === true };
  const { connection, text } = await connect(homeOf(args), name, options);
  if (args['json']) {
    output.json(connectJson(client, connection, text));
    return;
  }
  for (const hint of hintsOf(client, connection, showPassword)) output.say(harmless(hint));
  output.answer(text.trimEnd());
}

function clientOf(args: Arguments): ClientProgram {
  const said = once(args, 'client') ?? 'redis-cli';
  const client = CLIENT_PROGRAMS.find((each) => each === said);
  if (client !== undefined) return client;
  throw new RsentError('usage', `--client is ${shown(said)}.`, {
    hint: `Legal is one of ${CLIENT_PROGRAMS.join(', ')}.`,
  });
}
