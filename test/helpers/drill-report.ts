import type {
  CampaignReport,
  CampaignRun,
  DrillReport,
  NodeRole,
  Phase,
  RoleSpan,
} from '../../src/model/drill.js';
import type { FailoverStep, StepNumber, TimedEvent } from '../../src/model/timeline.js';
import { clientReport, slices } from './client-report.js';
import { capturedEvents } from './fixtures.js';

const BEGAN = -1500;

/** What a node was, one role after the other: each with the time at which it ends. */
export function spans(
  node: string,
  ...roles: readonly (readonly [NodeRole, number])[]
): RoleSpan[] {
  return roles.map(([role, toMs], i) => ({
    node,
    role,
    fromMs: roles[i - 1]?.[1] ?? BEGAN,
    toMs,
  }));
}

/** A captured failover, told as if redis-2 had been promoted. */
function crashEvents(): TimedEvent[] {
  const swapped = (text: string) =>
    text.replace(/172\.29\.187\.1([23])/g, (_, last) => `172.30.5.1${last === '2' ? '3' : '2'}`);
  return capturedEvents('redis-7.0-crash').events.map(({ at, sentinel, channel, payload }) => ({
    atMs: at,
    sentinel,
    event: channel,
    detail: swapped(payload).replaceAll('172.29.187.', '172.30.5.'),
  }));
}

const STEPS: readonly (readonly [StepNumber, string, string])[] = [
  [1, 'master found gone and confirmed', '+sdown'],
  [2, 'leader elected', '+new-epoch'],
  [3, 'replica selected and promoted', '+selected-slave'],
  [4, 'other replicas repointed', '+slave-reconf-sent'],
  [5, 'clients told', '+switch-master'],
];

function stepsIn(events: readonly TimedEvent[], rejoinedMs: number): FailoverStep[] {
  const own = { atMs: rejoinedMs, sentinel: '', event: 'in sync', detail: 'as the node says' };
  const told = STEPS.flatMap(([step, name, sign]) => {
    const first = events.find(({ event }) => event === sign);
    return first === undefined ? [] : [{ step, name, atMs: first.atMs, events: [first] }];
  });
  const back = { step: 6, name: 'old master back as a replica', atMs: rejoinedMs, events: [own] };
  return [...told, back as FailoverStep];
}

const sentinelsUntil = (toMs: number) =>
  [1, 2, 3].flatMap((n) => spans(`sentinel-${n}`, ['sentinel', toMs]));

const CRASH_PHASES: readonly Phase[] = [
  { name: 'detect', fromMs: 0, toMs: 2343 },
  { name: 'agree', fromMs: 2343, toMs: 2800 },
  { name: 'elect', fromMs: 2800, toMs: 2884 },
  { name: 'promote', fromMs: 2884, toMs: 3833 },
  { name: 'client back', fromMs: 3833, toMs: 3942 },
  { name: 'old master in sync', fromMs: 3942, toMs: 6288 },
];

/** redis-1 is killed, redis-2 takes over, and nothing that was acknowledged is lost. */
export function crashReport(more: Partial<DrillReport> = {}): DrillReport {
  const events = crashEvents();
  return {
    schemaVersion: 1,
    topology: 'demo',
    how: 'crash',
    targets: ['redis-1'],
    oldMaster: 'redis-1',
    promoted: 'redis-2',
    expected: 'failover',
    promotions: 1,
    faultAt: Date.UTC(2026, 10, 22, 12, 51, 57),
    zero: 'connection closed',
    faultEndedMs: 5100,
    steps: stepsIn(events, 6288),
    timingsMs: {
      ...{ suspected: 2343, agreed: 2800, elected: 2884, promoted: 3833, switched: 3888 },
      ...{ reconfigured: 4902, rejoined: 6288 },
    },
    phases: CRASH_PHASES,
    roles: [
      ...sentinelsUntil(8000),
      ...spans('redis-2', ['replica', 3040], ['master', 8000]),
      ...spans('redis-10', ['replica', 3890], ['syncing', 4902], ['replica', 8000]),
      ...spans('redis-1', ['master', 0], ['down', 5100], ['syncing', 6288], ['replica', 8000]),
    ],
    events,
    silences: [],
    client: clientReport([
      ...slices('follower', BEGAN, ['kept', 0], ['refused', 3900], ['kept', 8000]),
      ...slices('sticky', BEGAN, ['kept', 0], ['refused', 8000]),
    ]),
    verdict: { state: 'healthy', healthy: true, findings: [] },
    complaints: [],
    passed: true,
    ...more,
  };
}

const OLD_MASTER = 'slave 172.30.5.11:6379 172.30.5.11 6379 @ mymaster 172.30.5.12 6379';

/** redis-1 is cut off for 11 s and goes on taking writes; redis-2 is master from 3.2 s on. */
export function partitionReport(more: Partial<DrillReport> = {}): DrillReport {
  const crash = crashReport();
  const events = [
    ...crash.events.filter(({ atMs }) => atMs < 5000),
    { atMs: 11_050, sentinel: 'sentinel-1', event: '-sdown', detail: OLD_MASTER },
    { atMs: 11_080, sentinel: 'sentinel-3', event: '-sdown', detail: OLD_MASTER },
    { atMs: 11_060, sentinel: 'sentinel-2', event: '+convert-to-slave', detail: OLD_MASTER },
  ];
  const all = [
    ...slices('follower', BEGAN, ['kept', 0], ['refused', 3900], ['kept', 16_000]),
    ...slices('sticky', BEGAN, ['kept', 0], ['refused', 16_000]),
    ...slices('isolated', 200, ['lost', 11_000], ['refused', 11_500]),
  ];
  return {
    ...crash,
    how: 'partition',
    zero: 'engine answered',
    faultEndedMs: 11_000,
    steps: stepsIn(events, 12_600),
    timingsMs: { ...crash.timingsMs, rejoined: 12_600 },
    phases: [
      ...crash.phases.slice(0, -1),
      { name: 'old master in sync', fromMs: 3942, toMs: 12_600 },
    ],
    roles: [
      ...spans(
        'redis-1',
        ['master', 0],
        ['isolated', 11_000],
        ['syncing', 12_600],
        ['replica', 16_000],
      ),
      ...spans('redis-2', ['replica', 3200], ['master', 16_000]),
      ...spans('redis-3', ['replica', 3890], ['syncing', 4902], ['replica', 16_000]),
      ...sentinelsUntil(16_000),
    ],
    events,
    client: clientReport(all),
    ...more,
  };
}

/** What would do harm in a page or a document that took it as it is. */
export const HOSTILE = {
  script: '<script>alert(1)</script>',
  attribute: `" onmouseover="alert(2)" x='`,
  image: '<img src="http://example.invalid/x.png" onerror="alert(3)">',
  cdata: 'a]]>b]]>c',
  controls: 'a\x00b\x1b[31mc\x07d\ufffee\ud800f',
  style: '</style><style>body{display:none}</style>',
  entity: '&lt;b&gt; &amp; &#x41;',
} as const;

/** A drill that did not pass, and whose every text tries to be more than text. */
export function hostileReport(): DrillReport {
  const all = Object.values(HOSTILE).join(' ');
  const base = partitionReport();
  const client = base.client ?? clientReport([]);
  const { script, attribute, image } = HOSTILE;
  const renamed = base.roles.map((span) =>
    span.node === 'redis-3' ? { ...span, node: `${script}${attribute}` } : span,
  );
  return {
    ...base,
    topology: `${script}${attribute}`,
    targets: ['redis-1', image],
    oldMaster: 'redis-1',
    expected: 'no failover',
    roles: renamed,
    steps: [{ step: 1, name: all, atMs: 10, events: base.events.slice(0, 1) }],
    events: base.events.map((each) => ({ ...each, detail: `${each.detail} ${all}` })),
    silences: [{ sentinel: 'sentinel-2', fromMs: 500, toMs: 1900 }],
    failure: all,
    client: clientReport(client.slices, {
      reasons: [{ side: 'sticky', outcome: 'unknown', why: all, count: 7 }],
      readBackFrom: image,
      total: { ...client.total, failedKept: 2 },
    }),
    verdict: {
      state: 'degraded',
      healthy: false,
      findings: [
        { code: all, severity: 'error', subject: all, saw: all, expected: all, fix: all },
        {
          code: 'setting-differs',
          severity: 'warning',
          subject: 'sentinel-1',
          saw: 'down-after 5 s',
          expected: 'down-after 2 s',
          fix: 'rsent up demo',
        },
      ],
    },
    complaints: [`a failover that nobody expected ${all}`, '1,080 writes lost, at most 0 allowed'],
    passed: false,
  };
}

/** A run of a campaign; how long it took hardly ever matters. */
export type GivenRun = Omit<CampaignRun, 'tookMs'> & { readonly tookMs?: number };

/** These drills as one campaign. */
export function campaign(
  given: readonly GivenRun[],
  more: Partial<CampaignReport> = {},
): CampaignReport {
  const runs = given.map((run) => ({ tookMs: 0, ...run }));
  return {
    schemaVersion: 1,
    topology: runs[0]?.report?.topology ?? 'demo',
    runs,
    spreads: [],
    passed: runs.every(({ report }) => report?.passed === true),
    ...more,
  };
}

/** A campaign of one drill. */
export function single(report: DrillReport, title = `${report.how} master`): CampaignReport {
  return campaign([{ title, report }]);
}
