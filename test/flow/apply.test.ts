import { type Actor, apply, FILES_STAY, type Journal, rollBack } from '../../src/flow/apply.js';
import { RsentError } from '../../src/model/errors.js';
import type { Plan, Step } from '../../src/model/plan.js';

/** A plan out of `id: ids of the steps that it waits for`. */
function planOf(steps: Readonly<Record<string, readonly string[]>>): Plan {
  return {
    version: 1,
    topology: 'lab',
    steps: Object.entries(steps).map(([id, after]): Step => {
      return { kind: 'start-container', id, after, container: id };
    }),
  };
}

/** A thing that happens when the test says so. */
function gate() {
  let open: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}

/** Everything that can happen by itself has happened. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const forever = () => new AbortController().signal;
const nothing = async () => undefined;
const idsOf = (journal: Journal) => journal.map(({ step }) => step.id);

/** An actor that writes down what began and what ended; gated steps end when their gate opens. */
function recorder(gates: Readonly<Record<string, ReturnType<typeof gate>>> = {}) {
  const log: string[] = [];
  const act: Actor = async ({ id }) => {
    log.push(`begin ${id}`);
    await gates[id]?.opened;
    log.push(`end ${id}`);
    return async () => void log.push(`undo ${id}`);
  };
  return { log, act };
}

describe('apply', () => {
  it('starts no step before all that it waits for are done', async () => {
    const gates = { a: gate(), b: gate() };
    const { log, act } = recorder(gates);
    const done = apply(planOf({ a: [], b: [], c: ['a', 'b'], d: ['c'] }), act, [], {
      signal: forever(),
    });
    await settled();
    expect(log).toEqual(['begin a', 'begin b']);
    gates.b.open();
    await settled();
    expect(log).not.toContain('begin c');
    gates.a.open();
    await done;
    expect(log.slice(-4)).toEqual(['begin c', 'end c', 'begin d', 'end d']);
  });

  it('does not let one step wait for another that it need not wait for', async () => {
    const gates = { slow: gate() };
    const { log, act } = recorder(gates);
    const done = apply(planOf({ slow: [], quick: [], next: ['quick'] }), act, [], {
      signal: forever(),
    });
    await settled();
    expect(log).toContain('end next');
    gates.slow.open();
    await done;
  });

  it('writes down how to undo each, in the order in which they were done', async () => {
    const gates = { a: gate() };
    const { act } = recorder(gates);
    const journal: Journal = [];
    const done = apply(planOf({ a: [], b: [] }), act, journal, { signal: forever() });
    await settled();
    gates.a.open();
    await done;
    expect(idsOf(journal)).toEqual(['b', 'a']);
  });

  it('writes nothing down for a step that has nothing to undo', async () => {
    const journal: Journal = [];
    await apply(planOf({ a: [] }), nothing, journal, { signal: forever() });
    expect(journal).toEqual([]);
  });

  it('does nothing for an empty plan', async () => {
    await expect(apply(planOf({}), nothing, [], { signal: forever() })).resolves.toBeUndefined();
  });
});

describe('apply after a failure', () => {
  it('starts nothing new, neither what waits for it nor what does not', async () => {
    const gates = { bad: gate(), other: gate() };
    const { log, act } = recorder(gates);
    const plan = planOf({
      bad: [],
      other: [],
      child: ['bad'],
      cousin: ['other'],
      late: ['cousin'],
    });
    const done = apply(plan, act, [], { signal: forever() });
    gates.bad.fail(new Error('broken'));
    await settled();
    gates.other.open();
    await expect(done).rejects.toThrow('broken');
    expect(log).toEqual(['begin bad', 'begin other', 'end other']);
  });

  it('waits for siblings under way, and knows how to undo them', async () => {
    const gates = { bad: gate(), slow: gate() };
    const { log, act } = recorder(gates);
    const journal: Journal = [];
    let over = false;
    const done = apply(planOf({ bad: [], slow: [] }), act, journal, { signal: forever() }).finally(
      () => {
        over = true;
      },
    );
    gates.bad.fail(new Error('broken'));
    await settled();
    expect(over).toBe(false);
    gates.slow.open();
    await expect(done).rejects.toThrow('broken');
    expect(log).toContain('end slow');
    expect(idsOf(journal)).toEqual(['slow']);
  });

  it('throws the first of several errors', async () => {
    const gates = { a: gate(), b: gate() };
    const { act } = recorder(gates);
    const done = apply(planOf({ a: [], b: [] }), act, [], { signal: forever() });
    gates.b.fail(new Error('first'));
    await settled();
    gates.a.fail(new Error('second'));
    await expect(done).rejects.toThrow('first');
  });

  it('throws also what is no error', async () => {
    const act: Actor = async () => {
      throw undefined;
    };
    await expect(apply(planOf({ a: [] }), act, [], { signal: forever() })).rejects.toBeUndefined();
  });
});

describe('apply when interrupted', () => {
  const interrupted = expect.objectContaining({ kind: 'interrupted' });

  it('does nothing at all when it was before the start', async () => {
    const { log, act } = recorder();
    const done = apply(planOf({ a: [] }), act, [], { signal: AbortSignal.abort() });
    await expect(done).rejects.toEqual(interrupted);
    await expect(done).rejects.toBeInstanceOf(RsentError);
    expect(log).toEqual([]);
  });

  it('starts nothing new, and waits for what is under way', async () => {
    const gates = { a: gate() };
    const { log, act } = recorder(gates);
    const journal: Journal = [];
    const user = new AbortController();
    const done = apply(planOf({ a: [], b: ['a'] }), act, journal, user);
    await settled();
    user.abort();
    gates.a.open();
    await expect(done).rejects.toEqual(interrupted);
    expect(log).toEqual(['begin a', 'end a']);
    expect(idsOf(journal)).toEqual(['a']);
  });
});

describe('rollBack', () => {
  async function journalOf(...ids: string[]) {
    const { log, act } = recorder();
    const journal: Journal = [];
    const chain = ids.map((id, i): [string, string[]] => [id, ids.slice(Math.max(0, i - 1), i)]);
    await apply(planOf(Object.fromEntries(chain)), act, journal, { signal: forever() });
    log.length = 0;
    return { log, journal };
  }

  it('undoes the last thing first', async () => {
    const { log, journal } = await journalOf('a', 'b', 'c');
    expect(await rollBack(journal)).toEqual([]);
    expect(log).toEqual(['undo c', 'undo b', 'undo a']);
  });

  it('goes on after what cannot be undone, and tells of it', async () => {
    const { log, journal } = await journalOf('a', 'b', 'c');
    const [step] = planOf({ x: [] }).steps;
    if (step === undefined) throw new Error('no step');
    const stuck = async () => {
      throw new Error('in use');
    };
    journal.splice(2, 0, { step, undo: stuck });
    expect(await rollBack(journal)).toEqual([{ ids: ['x'], why: 'in use' }]);
    expect(log).toEqual(['undo c', 'undo b', 'undo a']);
  });

  describe.each([
    ['what was made there', 'a'],
    ['what nobody has answered for', undefined],
  ])('when the engine keeps %s', (_, stuck) => {
    it('leaves all files, and says so in one go', async () => {
      const { log, journal } = await journalOf('record', 'a', 'file', 'b');
      const failing = async () => {
        throw new Error('in use');
      };
      const undos = journal.map((each) =>
        each.step.id === stuck ? { ...each, undo: failing } : each,
      );
      const left = await rollBack(undos, {
        whereOf: ({ id }) => (/^[ab]$/.test(id) ? 'engine' : 'host'),
        ...(stuck === undefined ? { sweep: failing } : {}),
      });
      expect(left).toEqual([
        { ids: stuck === undefined ? [] : [stuck], why: 'in use' },
        { ids: ['file', 'record'], why: FILES_STAY },
      ]);
      expect(log).toEqual(stuck === undefined ? ['undo b', 'undo a'] : ['undo b']);
    });
  });

  it('asks an engine that is gone nothing more', async () => {
    const { log, journal } = await journalOf('a', 'b');
    const [first, last] = journal as [Journal[number], Journal[number]];
    const failing = async () => {
      throw new Error('no engine');
    };
    const left = await rollBack([first, { ...last, undo: failing }], {
      whereOf: () => 'engine',
      isGone: () => true,
    });
    expect(left).toEqual([{ ids: ['b', 'a'], why: 'no engine' }]);
    expect(log).toEqual([]);
  });

  it('undoes nothing twice', async () => {
    const { log, journal } = await journalOf('a');
    await rollBack(journal);
    await rollBack(journal);
    expect(log).toEqual(['undo a']);
  });

  it('waits for one undoing before the next begins', async () => {
    const { journal, log } = await journalOf('a');
    const slow = gate();
    const [step] = planOf({ slow: [] }).steps;
    if (step === undefined) throw new Error('no step');
    journal.push({ step, undo: () => slow.opened });
    const done = rollBack(journal);
    await settled();
    expect(log).toEqual([]);
    slow.open();
    await done;
    expect(log).toEqual(['undo a']);
  });
});
