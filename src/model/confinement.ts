/**
 * What every container is denied, and what is done about its end and its log; the same for whoever
 * runs it. The words are the engine's own.
 */
export const CONFINEMENT = {
  restart: 'unless-stopped',
  capDrop: ['ALL'],
  securityOptions: ['no-new-privileges'],
  readOnly: true,
  /** Path and mount options. */
  tmpfs: { '/tmp': 'rw,noexec,nosuid,size=16m' },
  log: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
} as const;

/** The longest name that a host may have (RFC 1035). */
const LONGEST_HOSTNAME = 63;

/** What a container calls itself. */
export function hostnameOf(container: string): string {
  return container.slice(0, LONGEST_HOSTNAME);
}
