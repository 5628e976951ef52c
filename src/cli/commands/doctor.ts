import type { Strangers } from '../../flow/doctor/doctor.js';
import { textOfGiven } from '../../host/given-file.js';
import type { Credentials } from '../../model/access.js';
import { RsentError } from '../../model/errors.js';
import { parseEndpoints } from '../../spec/endpoint.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, once, text, WORDS, withName } from '../options.js';
import { output } from '../output.js';
import { readForeignPassword } from '../password.js';
import { openContext, type Session } from '../session.js';
import type { Verb } from '../verb.js';

/** `rsent doctor [name]`: exit 0 nothing found, 1 something, 2 could not look. */
export function doctorCommand(session: Session): Verb {
  return {
    builder: (yargs) =>
      declare(withName(yargs), {
        ...COMMON,
        sentinel: text('host:port of any Sentinel, whoever made it (several: with commas)'),
        node: text('host:port of other servers that may be told the password (with commas)'),
        master: text('only the master of this name (all that this Sentinel monitors)'),
        'password-file': text(
          'file with its password (- for stdin); RSENT_PASSWORD is another way',
        ),
        user: text('name to log in with, where there are users'),
        'tls-ca': text('file with the authority that signed its certificate (PEM): TLS'),
        deep: {
          type: 'boolean',
          describe: 'also have every Sentinel save its conf (that writes), and watch longer',
        },
      }),
    handler: (args) => handle(session, args),
  };
}

async function handle(session: Session, args: Arguments): Promise<void> {
  const [{ doctor, doctorOf }, { doctorJson, doctorText }, { paintFor }] = await Promise.all([
    import('../../flow/doctor/doctor.js'),
    import('../../report/doctor.js'),
    import('../../report/text.js'),
  ]);
  const strangers = await readStrangers(args);
  session.onlyLooking = true;
  const result =
    strangers === undefined
      ? await doctor(await openContext(session, args), await readName(args), {
          deep: args['deep'] === true,
        })
      : await doctorOf(await outside(session, args), strangers);
  if (args['json']) output.json(doctorJson(result));
  else output.answer(doctorText(result, paintFor(process.stdout, process.env)));
  session.exitCode = result.examined.every(({ diagnoses }) => diagnoses.length === 0) ? 0 : 1;
}

/** Whoever made them, no engine is asked about them. */
async function outside(session: Session, args: Arguments) {
  const { createProgress } = await import('../progress.js');
  return { progress: await createProgress(args['json'] === true), signal: session.signal };
}

/** Whom to ask; undefined when it is about a topology of rsent. */
async function readStrangers(args: Arguments): Promise<Strangers | undefined> {
  const sentinel = once(args, 'sentinel');
  const only = ['node', 'master', 'password-file', 'user', 'tls-ca'];
  if (sentinel === undefined) {
    // The command line itself: variables of the same names may be meant for another verb.
    const words = args[WORDS] ?? [];
    const misplaced = only.find((name) =>
      words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)),
    );
    if (misplaced === undefined) return undefined;
    throw new RsentError('usage', `--${misplaced} needs --sentinel: rsent knows its own.`);
  }
  if (args['name'] !== undefined) {
    throw new RsentError('usage', `Either the name of a topology or --sentinel, not both.`);
  }
  const [masterName, node] = [once(args, 'master'), once(args, 'node')];
  return {
    sentinels: parseEndpoints(sentinel, '--sentinel'),
    nodes: node === undefined ? [] : parseEndpoints(node, '--node'),
    credentials: await readCredentials(args),
    deep: args['deep'] === true,
    ...(masterName === undefined ? {} : { masterName }),
  };
}

async function readCredentials(args: Arguments): Promise<Credentials> {
  const [username, caFile] = [once(args, 'user'), once(args, 'tls-ca')];
  const password = await readForeignPassword(args);
  const hint = 'Nothing was looked at.';
  const ca = caFile === undefined ? undefined : await textOfGiven(caFile, '--tls-ca', hint);
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    // Nodes do not look at each other's names either: only who signed them counts.
    ...(ca === undefined ? {} : { ca, anyName: true }),
  };
}
