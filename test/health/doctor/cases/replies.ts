import type { Reply } from '../../../../src/model/observation.js';
import type { Address } from '../../../../src/model/topology.js';

/** Fields of INFO or of an instance in SENTINEL's replies; undefined takes a field away. */
export type Changes = Readonly<Record<string, string | number | undefined>>;

export const ok = (value: unknown): Reply => ({ ok: true, value });
export const refused = (error: string): Reply => ({ ok: false, error });

/** `10.9.8.1:6379`, `[fd00::1]:6379` or `name:6379` in its parts. */
export function splitAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  const ip = text.slice(0, colon).replace(/^\[|\]$/g, '');
  return { ip, port: Number(text.slice(colon + 1)) };
}

/** A run id of 40 characters for a server that the capture does not have. */
export function idOf(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(40, '0').slice(0, 40);
}

/** The value of a reply that is one. */
export function answered(reply: Reply | undefined): unknown {
  if (reply?.ok !== true) throw new Error('it was refused already');
  return reply.value;
}

/** INFO with other lines. */
export function withLines(text: string, changes: Changes): string {
  const kept = text
    .split('\r\n')
    .filter((line) => !Object.hasOwn(changes, line.split(':', 1)[0] ?? ''));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}:${value}`],
  );
  return [...kept, ...added, ''].join('\r\n');
}

/** An instance with other fields. */
export function withFields(fields: readonly string[], changes: Changes): string[] {
  const all = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) all.set(fields[i] ?? '', fields[i + 1] ?? '');
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) all.delete(name);
    else all.set(name, String(value));
  }
  return [...all].flat();
}

/** One field of an instance. */
export function fieldOf(fields: readonly string[], name: string): string | undefined {
  const at = fields.indexOf(name);
  return at % 2 === 0 ? fields[at + 1] : undefined;
}
