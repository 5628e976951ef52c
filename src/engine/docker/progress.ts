import { StringDecoder } from 'node:string_decoder';
import { StrangeReply } from './replies.js';

/** One line of what an engine reports while it fetches or makes an image. */
export interface ProgressEvent {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Far more than a line of progress has (characters). */
const LONGEST_LINE = 1024 ** 2;

/**
 * What an engine reports (one JSON document a line), to its end.
 * @throws Error with the engine's words where it reports that it failed; StrangeReply where it is no
 * report of an engine
 */
export async function* progressOf(
  stream: AsyncIterable<Buffer | string>,
): AsyncGenerator<ProgressEvent> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new StrangeReply('a line without end');
    for (const line of lines) yield* eventIn(line);
  }
  yield* eventIn(rest);
}

function* eventIn(line: string): Generator<ProgressEvent> {
  if (line.trim() === '') return;
  const event = parsed(line);
  if (typeof event !== 'object' || event === null) throw new StrangeReply('no line of progress');
  if ('error' in event) throw failureAfterOk(String(event.error));
  yield event;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new StrangeReply(`no JSON: ${error}`);
  }
}

/** The status was sent before it failed: as an error of the API all the same. */
function failureAfterOk(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 500, json: { message } });
}
