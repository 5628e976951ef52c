import junit, { type Builder } from 'junit-report-builder';
import type { CampaignReport, CampaignRun, DrillReport } from '../model/drill.js';
import { clean } from './clean.js';

/** Its types promise a default export within the default export, which is not there. */
const library = junit as unknown as Builder;

/** The document that test reporters read: a case for each run, with its time in seconds. */
export function junitXml({ topology, runs }: CampaignReport): string {
  const builder = library.newBuilder();
  const suite = builder
    .testSuite()
    .name(legal(`rsent ${topology}`))
    .time(round(runs.reduce((sum, run) => sum + secondsOf(run), 0)));
  for (const run of runs) {
    const test = suite
      .testCase()
      .className(legal(`rsent.${topology}`))
      .name(legal(run.title))
      .time(round(secondsOf(run)));
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

/** The time without writes; where no client wrote, until the last thing was accomplished. */
function secondsOf({ report }: CampaignRun): number {
  if (report === undefined) return 0;
  const { client, timingsMs, faultEndedMs = 0 } = report;
  const ms = client?.longestGap.lastedMs ?? Math.max(0, faultEndedMs, ...Object.values(timingsMs));
  return ms / 1000;
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

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** The library escapes, but a second `]]>` ends its CDATA section in the middle. */
function legal(text: string): string {
  return clean(text).replaceAll(']]>', ']] >');
}
