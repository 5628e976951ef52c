import { EngineError } from '../engine.js';

/** A piece of what a container has written. */
export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly content: Buffer;
  /** It belongs to the piece before it of the same stream: that message was too large for one. */
  readonly continues?: true;
}

const HEADER = 8;
/** The engine sends less at once; a length in a header may be 4 GB (bytes). */
const LARGEST = 64 * 1024;

interface Begun {
  readonly stream: Frame['stream'];
  left: number;
  isContinued: boolean;
}

/**
 * Takes a stream of several apart, wherever it was cut. Each frame has an 8-byte header: stream
 * type, three zeros, length (Engine API, "Stream format"). No more than one piece of a frame is ever
 * held.
 */
export class Frames {
  #held: Buffer[] = [];
  #size = 0;
  #begun: Begun | undefined;

  /**
   * The frames that are whole with this chunk, and all full pieces of larger ones.
   * @throws EngineError `other` when it is no such stream, as that of a container with a terminal
   */
  push(chunk: Buffer): Frame[] {
    this.#held.push(chunk);
    this.#size += chunk.length;
    const frames: Frame[] = [];
    // What is needed is looked at as one buffer only once it is there: each byte is copied once.
    if (this.#size < this.#needed()) return frames;
    let rest = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
    while (rest.length >= this.#needed()) {
      const taken = this.#needed();
      const frame = this.#take(rest.subarray(0, taken));
      if (frame !== undefined) frames.push(frame);
      rest = rest.subarray(taken);
    }
    this.#held = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    return frames;
  }

  #needed(): number {
    return this.#begun === undefined ? HEADER : Math.min(this.#begun.left, LARGEST);
  }

  /** @param bytes a header, or as much of a frame as is given at once */
  #take(bytes: Buffer): Frame | undefined {
    if (this.#begun === undefined) {
      this.#begun = begunBy(bytes);
      return undefined;
    }
    const { stream, isContinued, left } = this.#begun;
    this.#begun =
      left === bytes.length ? undefined : { stream, left: left - bytes.length, isContinued: true };
    return { stream, content: bytes, ...(isContinued ? { continues: true } : {}) };
  }
}

function begunBy(header: Buffer): Begun {
  const type = header.readUInt32BE(0);
  if ((type & 0xffffff) !== 0 || type >>> 24 > 2) {
    throw new EngineError(
      'other',
      'What a container has written comes from Docker in a form that rsent does not know.',
      {
        hint: 'A container with a terminal of its own does that (docker run -t): rsent makes none.',
      },
    );
  }
  const stream = type >>> 24 === 2 ? 'stderr' : 'stdout';
  return { stream, left: header.readUInt32BE(4), isContinued: false };
}
