import { StringDecoder } from 'node:string_decoder';
import { Refusal } from './refusal.js';
import { StrangeReply } from './replies.js';

/** One line of what an engine reports while it fetches or makes an image. */
export interface ProgressEvent {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Far more than a line of an engine has (characters). */
const LONGEST_LINE = 1024 ** 2;

/**
 * What an engine reports (one JSON document a line), to its end.
 * @throws Refusal where it reports that it failed; StrangeReply where it is no report of an engine
 */
export async function* progressOf(
  stream: AsyncIterable<Buffer | string>,
): AsyncGenerator<ProgressEvent> {
  for await (const event of documentsOf(stream)) {
    // The status was sent before it failed: it is an error of the API all the same.
    if ('error' in event) throw new Refusal(500, textOf(event.error));
    yield event;
  }
}

/**
 * The JSON documents of a stream with one a line.
 * @throws StrangeReply where a line is none, or has no end
 */
export async function* documentsOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<object> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new StrangeReply('a line without end');
    for (const line of lines) yield* documentIn(line);
  }
  yield* documentIn(rest);
}

function* documentIn(line: string): Generator<object> {
  if (line.trim() === '') return;
  const document = parsed(line);
  if (typeof document !== 'object' || document === null) throw new StrangeReply('no document');
  yield document;
}

function textOf(words: unknown): string {
  return typeof words === 'string' ? words : '';
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new StrangeReply(`no JSON: ${error}`);
  }
}
