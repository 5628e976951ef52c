import type { NodeObservation, Observation } from '../model/observation.js';
import type { Finding } from '../model/verdict.js';
import { collect } from './collect.js';
import type { Scene } from './scene.js';

const DAY_MS = 86_400_000;
/** Time enough to renew a certificate by hand. */
const WARN_DAYS = 30;

/** Findings about TLS: on everywhere or nowhere, and no certificate that ends soon. */
export function judgeTls(scene: Scene, { nodes, at }: Observation): Finding[] {
  const { settings, topology } = scene.expectation;
  if (settings?.tls !== true) return [];
  return nodes.flatMap((node) => {
    const findings = judgeHalfOn(scene, node);
    const given = settings.givenCertificate === true;
    const until = firstEnd(node);
    if (until === undefined) return findings;
    const remedy = remedyOf(topology, given, until <= at);
    return [
      ...findings,
      ...ending(node.name, until, at, remedy),
      ...notLoaded(node, remedyOf(topology, given, (node.served?.untilMs ?? 0) <= at)),
    ];
  });
}

function judgeHalfOn({ expectation: { topology, settings } }: Scene, node: NodeObservation) {
  const { findings, add } = collect(node.name);
  const tls = node.kind === 'redis' && node.answer.reached ? node.answer.facts.tls : undefined;
  const up = settings?.ownUsers === true ? `rsent up ${topology}` : undefined;
  if (tls !== undefined && tls.plainPort !== 0) {
    add(
      'tls-half-on',
      `it also listens without TLS, on port ${tls.plainPort}`,
      'TLS on every port',
      up ? `${up} closes that port` : 'CONFIG SET port 0 on it closes that port',
    );
  }
  if (tls?.replicates === false) {
    add(
      'tls-half-on',
      'it would reach its master without TLS',
      'TLS between the nodes, too',
      up ? `${up} sets it back` : 'CONFIG SET tls-replication yes on it',
    );
  }
  return findings;
}

/** Whichever ends first: the one that clients meet now, or the one that its next start will show. */
function firstEnd({ certifiedUntil, served }: NodeObservation): number | undefined {
  const ends = [certifiedUntil, served?.untilMs].filter((each) => each !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** An exchange that was cut short between the file and the node: only the old one's end tells. */
function notLoaded({ name, certifiedUntil = 0, served }: NodeObservation, fix: string): Finding[] {
  if (served === undefined || served.isOnDisk || certifiedUntil === 0) return [];
  const [shown, kept] = [served.untilMs, certifiedUntil].map((until) => dayOf(until));
  return [
    {
      code: 'certificate-not-loaded',
      severity: 'warning',
      subject: name,
      saw: `it shows another certificate (until ${shown}) than the one in its file (until ${kept})`,
      expected: 'the one in its file',
      fix: `${fix}, and has every node load them`,
    },
  ];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/**
 * With a certificate that has ended no node lets rsent in: it is exchanged while all are down. The
 * same holds for one that cannot be read, as that node may have been restarted with it.
 */
function remedyOf(topology: string, given: boolean, isOver: boolean): string {
  const files = given ? ' --tls-cert FILE --tls-key FILE' : '';
  const rotate = `rsent rotate-certs ${topology}${files}`;
  const what = given ? 'exchanges it for a new one of yours' : 'issues new ones';
  if (!isOver) return `${rotate} ${what}`;
  return `${rotate} ${what}; when the nodes no longer answer, rsent down ${topology} first and rsent up ${topology} after it`;
}

function ending(subject: string, until: number, at: number, remedy: string): Finding[] {
  if (until === 0) {
    return [
      {
        code: 'certificate-unreadable',
        severity: 'error',
        subject,
        saw: 'the file of its certificate cannot be read as one; its next start will fail',
        expected: 'the certificate that it was given',
        fix: remedy,
      },
    ];
  }
  const days = Math.floor((until - at) / DAY_MS);
  if (days >= WARN_DAYS) return [];
  const isOver = until <= at;
  return [
    {
      code: isOver ? 'certificate-expired' : 'certificate-expires',
      severity: isOver ? 'error' : 'warning',
      subject,
      saw: `its certificate ${isOver ? 'ended' : 'ends'} on ${dayOf(until)}`,
      expected: `a certificate for ${WARN_DAYS} days more at least`,
      fix: remedy,
    },
  ];
}
