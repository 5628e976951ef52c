/** A piece of what a container has written. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly content: Buffer;
}

const HEADER = 8;

/**
 * Takes a stream of several apart, wherever it was cut. Each frame has an 8-byte header: stream
 * type, three zeros, length (Engine API, "Stream format").
 */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The frames that are whole with this chunk.
   * @throws Error when it is no such stream, as that of a container with a terminal
   */
  push(chunk: Buffer): Frame[] {
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (at + HEADER <= buffer.length) {
      const type = buffer.readUInt32BE(at);
      if ((type & 0xffffff) !== 0 || type >>> 24 > 2) {
        throw new Error('what it has written comes in a form that is not known');
      }
      const end = at + HEADER + buffer.readUInt32BE(at + 4);
      if (end > buffer.length) break;
      const stream = type >>> 24 === 2 ? 'stderr' : 'stdout';
      frames.push({ stream, content: buffer.subarray(at + HEADER, end) });
      at = end;
    }
    this.#rest = buffer.subarray(at);
    return frames;
  }
}
