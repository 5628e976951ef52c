import junit, { type Builder } from 'junit-report-builder';
import type { CampaignReport, DrillReport } from '../model/drill.js';
import { clean } from './clean.js';

/** Its types promise a default export within the default export, which is not there. */
const library = junit as unknown as Builder;

/** The document that test reporters read: a case for each run, with how long
 * it took in seconds; the time without writes is its property `downtimeMs`. */
export function junitXml({ topology, runs }: CampaignReport): string {
  const builder = library.newBuilder();
  const suite = builder
    .testSuite()
    .name(legal(`rsent ${topology}`))
    .time(seconds(runs.reduce((sum, { tookMs }) => sum + tookMs, 0)));
  for (const run of runs) {
    const test = suite
      .testCase()
      .className(legal(`rsent.${topology}`))
      .name(legal(run.title))
      .time(seconds(run.tookMs));
    const { report, error } = run;
    for (const [name, value] of Object.entries(report === undefined ? {} : figuresOf(report))) {
      test.property(name, legal(value));
    }
    if (error !== undefined) test.error(legal(error), 'not carried out', legal(error));
    else if (report === undefined) test.skipped();
    else if (!report.passed) {
      const { complaints } = report;
      test.failure(legal(complaints[0] ?? 'the drill did not pass'), 'not passed');
      test.stacktrace(legal(complaints.join('\n')));
    }
  }
  return builder.build();
}

function figuresOf({ promoted, client }: DrillReport): Record<string, string> {
  const counts = client?.total;
  return {
    promoted: promoted ?? 'nobody',
    ...(client === undefined ? {} : { downtimeMs: String(client.longestGap.lastedMs) }),
    ...(counts === undefined
      ? {}
      : {
          acknowledged: String(counts.acknowledged),
          failed: String(counts.failed),
          unknown: String(counts.unknown),
          lost: String(counts.lost),
        }),
  };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** The library escapes, but a second `]]>` ends its CDATA section in the middle. */
function legal(text: string): string {
  return clean(text).replaceAll(']]>', ']] >');
}
