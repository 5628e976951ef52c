import type { Finding } from '../model/verdict.js';
import { harmless, type Paint } from './text.js';

/** In JSON: the code of what a finding follows from, or null, and the codes of what follows from it. */
export function causeJson(finding: Finding, all: readonly Finding[]) {
  const followers = all.filter(({ followsFrom }) => followsFrom === finding.code);
  const follows = [...new Set(followers.map(({ code }) => code))];
  return { cause: finding.followsFrom ?? null, follows };
}

/** What follows from others, under a heading for each cause, a line for each of them. */
export function followersText(findings: readonly Finding[], paint: Paint): string[] {
  const causes = [...new Set(findings.map(({ followsFrom }) => followsFrom))];
  return causes.flatMap((cause) => {
    if (cause === undefined) return [];
    const lines = findings
      .filter(({ followsFrom }) => followsFrom === cause)
      .map(({ subject, saw, code }) => {
        return `    ${harmless(subject)}  ${harmless(saw)}  ${paint.dim(`[${code}]`)}`;
      });
    return [[`  Follows from ${cause}:`, ...lines].join('\n')];
  });
}
