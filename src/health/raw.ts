import type { Reply } from '../model/observation.js';
import type { Address } from '../model/topology.js';

/** A server may list what it likes; no master has so many replicas, and no Sentinel so many masters. */
const MOST_LISTED = 1000;
/** The longest values are paths, and lists of words (characters). */
const LONGEST = 4096;

/** Fields of one instance, as INFO and SENTINEL give them: names to texts. */
export type Fields = ReadonlyMap<string, string>;

/** Text of a bulk or status reply; undefined for anything else. */
export function textOf(reply: Reply): string | undefined {
  return reply.ok && typeof reply.value === 'string' ? reply.value : undefined;
}

/**
 * A flat array of names and values (`SENTINEL MASTER`, `SENTINEL DEBUG`, whose names are in
 * capitals), or undefined when it is not one. Names come out in lower case.
 */
export function fieldsOf(value: unknown): Fields | undefined {
  if (!Array.isArray(value)) return undefined;
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < value.length; i += 2)
    fields.set(cut(value[i]).toLowerCase(), cut(value[i + 1]));
  return fields;
}

/** The fields in a reply; undefined where it was refused, or is no such array. */
export function fieldsIn(reply: Reply | undefined): Fields | undefined {
  return reply?.ok ? fieldsOf(reply.value) : undefined;
}

/**
 * The value in a reply to CONFIG GET with one name: a list of that name and its value. Undefined where
 * the server does not tell it.
 */
export function settingIn(reply: Reply | undefined): string | undefined {
  if (!reply?.ok || !Array.isArray(reply.value)) return undefined;
  const value: unknown = reply.value[1];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The instances in a reply such as that to `SENTINEL REPLICAS`; none where it is no list, and the first
 * ones where there are more than any Sentinel has.
 */
export function instancesIn(reply: Reply): Fields[] {
  if (!reply.ok || !Array.isArray(reply.value)) return [];
  const listed: readonly unknown[] = reply.value.slice(0, MOST_LISTED);
  return listed.map(fieldsOf).filter((fields) => fields !== undefined);
}

function cut(value: unknown): string {
  return String(value).slice(0, LONGEST);
}

/** The lines `name:value` of INFO; headings and unknown lines are passed over. */
export function infoFields(text: string): Fields {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#'))
      fields.set(line.slice(0, colon), cut(line.slice(colon + 1)));
  }
  return fields;
}

/** A number, or the fallback when the field is missing or is no number. */
export function numberOf(fields: Fields, name: string, fallback = 0): number {
  const value = Number(fields.get(name) ?? Number.NaN);
  return Number.isFinite(value) ? value : fallback;
}

/** An address out of two fields; undefined when there is none (`?` and 0 stand for none). */
export function addressOf(fields: Fields, ip: string, port: string): Address | undefined {
  const host = fields.get(ip);
  const number = numberOf(fields, port);
  if (host === undefined || host === '?' || !HOST.test(host)) return undefined;
  const isPort = Number.isInteger(number) && number > 0 && number < 65536;
  return isPort ? { ip: host, port: number } : undefined;
}

/** An address or a name, as long as one can be (RFC 1035, 2.3.4); no blank, nothing that is not printed. */
const HOST = /^[\x21-\x7e]{1,255}$/;
