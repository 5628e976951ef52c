import fc from 'fast-check';
import type { ProbeWrite } from '../../../src/model/client.js';
import { Writer } from '../../../src/redis/probe/paced.js';
import { anOrder, replyError, SlowConnection, settled } from '../../helpers/probe.js';

describe('Writer, whatever happens,', () => {
  /** A writer, and all that may happen to it. */
  class Trial {
    readonly #connection = new SlowConnection();
    readonly writes: ProbeWrite[] = [];
    readonly answered = new Set<string>();
    readonly #writer = new Writer(this.#connection.redis, anOrder(), 'sticky', this.writes);
    #now = Date.now();

    tick(times: number, ms: number): void {
      this.#now += ms;
      this.#writer.tick(this.#now, times);
    }

    answer(which: number, good: boolean): void {
      const sent = this.#connection.sent[which];
      if (good) sent?.answer('OK');
      else sent?.fail(replyError('READONLY no'));
      if (good && sent !== undefined) this.answered.add(sent.command[1] ?? '');
    }

    lose(): void {
      this.#connection.status = 'reconnecting';
    }

    find(): void {
      this.#connection.status = 'ready';
      this.#connection.emit('ready');
    }

    end(): void {
      this.#writer.close();
    }

    get sentKeys(): string[] {
      return this.#connection.sent.map(({ command }) => command[1] ?? '');
    }
  }

  const step: fc.Arbitrary<(trial: Trial) => void> = fc.oneof(
    fc.tuple(fc.nat(4), fc.nat(1500)).map((each) => (trial: Trial) => trial.tick(...each)),
    fc.tuple(fc.nat(30), fc.boolean()).map((each) => (trial: Trial) => trial.answer(...each)),
    fc.constant((trial: Trial) => trial.lose()),
    fc.constant((trial: Trial) => trial.find()),
  );

  it('tells of each write exactly once, and of none as done that was not answered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const trial = new Trial();
        for (const act of steps) {
          act(trial);
          await settled();
        }
        trial.end();
        const { writes, answered, sentKeys } = trial;
        const numbers = writes.map(({ n }) => n).sort((a, b) => a - b);
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        expect(new Set(sentKeys).size).toBe(sentKeys.length);
        const keyOf = ({ n }: ProbeWrite) => `p:sticky:${n}`;
        const told = writes.map(keyOf);
        expect(sentKeys.filter((key) => !told.includes(key))).toEqual([]);
        const done = writes.filter(({ outcome }) => outcome === 'ok').map(keyOf);
        expect(done.filter((key) => !answered.has(key))).toEqual([]);
      }),
    );
  });
});
