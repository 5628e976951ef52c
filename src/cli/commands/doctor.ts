import type { Strangers } from '../../flow/doctor/doctor.js';
import type { DoorKeys } from '../../flow/doctor/visitor.js';
import { matches } from '../../host/certificates.js';
import { textOfGiven } from '../../host/given-file.js';
import type { Credentials } from '../../model/access.js';
import { RsentError } from '../../model/errors.js';
import { parseEndpoints } from '../../spec/endpoint.js';
import { readName } from '../inputs.js';
import { type Arguments, COMMON, declare, once, text, WORDS, withName } from '../options.js';
import { output } from '../output.js';
import { readForeignPassword, readSentinelPassword } from '../password.js';
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
        'sentinel-password-file': text(
          'the same for Sentinels, where theirs differs; or RSENT_SENTINEL_PASSWORD',
        ),
        'sentinel-user': text('name to log in with on Sentinels'),
        'tls-ca': text('file with the authority that signed its certificate (PEM): TLS'),
        'tls-cert': text('file with a certificate to show, where servers want one (PEM)'),
        'tls-key': text('file with its key (PEM)'),
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
  const only = [
    ...['node', 'master', 'password-file', 'user', 'sentinel-password-file', 'sentinel-user'],
    ...['tls-ca', 'tls-cert', 'tls-key'],
  ];
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
    access: await readAccess(args),
    deep: args['deep'] === true,
    ...(masterName === undefined ? {} : { masterName }),
  };
}

/** What opens data nodes and Sentinels: one password for both, unless Sentinels are given their own. */
async function readAccess(args: Arguments): Promise<DoorKeys> {
  if (once(args, 'password-file') === '-' && once(args, 'sentinel-password-file') === '-') {
    throw new RsentError('usage', 'Only one password can be read from stdin.', {
      hint: 'Give the other one as a file, or with RSENT_PASSWORD or RSENT_SENTINEL_PASSWORD.',
    });
  }
  const trust = await readTrust(args);
  const redis = {
    ...trust,
    ...credentialsOf(once(args, 'user'), await readForeignPassword(args)),
  };
  const [user, password] = [once(args, 'sentinel-user'), await readSentinelPassword(args)];
  if (user === undefined && password === undefined) return { redis, sentinel: redis };
  return { redis, sentinel: { ...trust, ...credentialsOf(user, password ?? redis.password) } };
}

function credentialsOf(username: string | undefined, password: string | undefined): Credentials {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

const HINT = 'Nothing was looked at.';

/** Whom to believe, and what to show. Nodes do not look at each other's names either: only who signed them counts. */
async function readTrust(args: Arguments): Promise<Credentials> {
  const [ca, cert, key] = await Promise.all(
    (['tls-ca', 'tls-cert', 'tls-key'] as const).map((flag) => {
      const file = once(args, flag);
      return file === undefined ? undefined : textOfGiven(file, `--${flag}`, HINT);
    }),
  );
  if ((cert === undefined) !== (key === undefined)) {
    throw new RsentError('usage', '--tls-cert and --tls-key belong together.', { hint: HINT });
  }
  if (cert !== undefined && ca === undefined) {
    throw new RsentError('usage', '--tls-cert needs --tls-ca: the authority of the servers.', {
      hint: HINT,
    });
  }
  if (ca === undefined) return {};
  if (cert === undefined || key === undefined) return { ca, anyName: true };
  if (matches(cert, key)) return { ca, anyName: true, own: { cert, key } };
  throw new RsentError('usage', 'The key of --tls-key does not belong to --tls-cert.', {
    hint: HINT,
  });
}
