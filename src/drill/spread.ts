import type { CampaignReport, DrillReport, PhaseName, Spread } from '../model/drill.js';

const PHASES: readonly PhaseName[] = [
  'detect',
  'agree',
  'elect',
  'promote',
  'client back',
  'old master in sync',
];

/** How figures are spread (nearest rank); undefined when there are none. */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = [...figures].sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const [min, median, p95, max] = [sorted[0], rank(0.5), rank(0.95), sorted.at(-1)];
  if (min === undefined || median === undefined || p95 === undefined || max === undefined) return;
  return { min, median, p95, max };
}

/** The figures of repeated drills: what a client felt, and each part of the time (ms). */
export function spreadsOf(reports: readonly DrillReport[]): CampaignReport['spreads'] {
  const clients = reports.flatMap(({ client }) => (client === undefined ? [] : [client]));
  const phases = PHASES.map((name) => ({
    figure: `${name} (ms)`,
    values: reports.flatMap((report) =>
      report.phases.filter((phase) => phase.name === name).map((each) => each.toMs - each.fromMs),
    ),
  }));
  const figures = [
    {
      figure: 'fault to first acknowledged write (ms)',
      values: clients.flatMap(({ firstAckMs }) => (firstAckMs === undefined ? [] : [firstAckMs])),
    },
    {
      figure: 'longest time without an acknowledged write (ms)',
      values: clients.map(({ longestGap }) => longestGap.lastedMs),
    },
    { figure: 'acknowledged writes lost', values: clients.map(({ total }) => total.lost) },
    ...phases,
  ];
  return figures.flatMap(({ figure, values }) => {
    const spread = spreadOf(values);
    return spread === undefined ? [] : [{ figure, spread }];
  });
}
