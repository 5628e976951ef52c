import { EngineError } from '../../src/engine/engine.js';
import { dialFromContainer, dialFromHere } from '../../src/flow/dial.js';
import type { Reply } from '../../src/model/observation.js';
import type { Address } from '../../src/model/topology.js';
import type { NodeClient } from '../../src/redis/client.js';
import { anEngine } from '../helpers/engine.js';

const at = (host: number, port = 6379): Address => ({ ip: `10.0.0.${host}`, port });
const handed = (...addresses: Address[]) =>
  addresses.map((address, i) => ({ address, by: [`sentinel-${i + 1}`] }));

/** What comes of dialling these where the container prints this. */
async function dialled(output: string, ...addresses: Address[]) {
  const asked: (readonly unknown[])[] = [];
  const engine = anEngine({
    runOnce: async (...all) => {
      asked.push(all);
      return { exitCode: 0, output };
    },
  });
  const dials = await dialFromContainer(engine, 'redis:8.0', 'app-net', handed(...addresses));
  return { dials, asked };
}

describe('an address that is dialled from a container', () => {
  it.each<[string, string, object]>([
    ['answers', 'PONG ', { reached: true, letsAnyoneIn: true }],
    [
      'wants a password',
      'NOAUTH Authentication required. ',
      { reached: true, letsAnyoneIn: false },
    ],
    ['speaks TLS', 'Error: Server closed the connection ', { reached: true, letsAnyoneIn: false }],
    [
      'has a container without the tool',
      'sh: timeout: not found ',
      { reached: false, why: 'sh: timeout: not found' },
    ],
    ['loads its data', 'LOADING Redis is loading ', { reached: true, letsAnyoneIn: false }],
    [
      'refuses',
      'Could not connect to Redis at 10.0.0.1:6379: Connection refused ',
      {
        ...{ reached: false },
        why: 'Could not connect to Redis at 10.0.0.1:6379: Connection refused',
      },
    ],
    [
      'refuses a client of Valkey',
      'Could not connect to Valkey at 10.0.0.1:6379: No route to host ',
      {
        ...{ reached: false },
        why: 'Could not connect to Valkey at 10.0.0.1:6379: No route to host',
      },
    ],
    ['says nothing', '', { reached: false, why: 'no answer within 3000 ms' }],
  ])('%s', async (_, reply, expected) => {
    const { dials } = await dialled(`10.0.0.1:6379 ${reply}\n`, at(1));
    expect(dials).toEqual([{ address: at(1), handedOutBy: ['sentinel-1'], ...expected }]);
  });

  it('has no answer where no line is for it', async () => {
    const { dials } = await dialled('10.0.0.1:63790 PONG\n110.0.0.1:6379 PONG\n', at(1));
    expect(dials).toEqual([
      expect.objectContaining({ reached: false, why: 'no answer within 3000 ms' }),
    ]);
  });

  it.each<[string, string]>([
    ['no output', ''],
    ['empty lines', '\n\n'],
    ['a line that is no answer', 'sh: warning\nPONG\n'],
  ])('has no answer where there is %s', async (_, output) => {
    const { dials } = await dialled(output, at(1), at(2));
    expect(dials.map(({ reached }) => reached)).toEqual([false, false]);
  });

  it('has its own answer, in whatever order they come', async () => {
    const output = [
      '10.0.0.3:6379 Could not connect to Redis at 10.0.0.3:6379: Connection refused ',
      '10.0.0.2:26379 NOAUTH Authentication required. ',
      '10.0.0.1:6379 PONG ',
      '',
    ].join('\n');
    const { dials } = await dialled(output, at(1), at(2), at(2, 26_379), at(3));
    expect(
      dials.map(({ address, reached, letsAnyoneIn }) => [address, reached, letsAnyoneIn]),
    ).toEqual([
      [at(1), true, true],
      [at(2), false, undefined],
      [at(2, 26_379), true, false],
      [at(3), false, undefined],
    ]);
    expect(dials.map(({ handedOutBy }) => handedOutBy)).toEqual(
      [1, 2, 3, 4].map((n) => [`sentinel-${n}`]),
    );
  });

  it('is dialled from that network, in one container of that image, as an argument', async () => {
    const { asked } = await dialled('', at(1), at(2, 26_379));
    expect(asked).toEqual([
      [
        'redis:8.0',
        ['sh', '-c', expect.any(String), 'dial', '10.0.0.1:6379', '10.0.0.2:26379'],
        { network: 'app-net', limitMs: 3000 },
      ],
    ]);
    const [, command] = asked[0] as [string, string[]];
    expect(command[2]).not.toContain('10.0.0');
  });

  it('is not reached where the engine runs nothing, for its reason', async () => {
    const runOnce = async () => {
      throw new EngineError('not-found', 'Docker could not run sh in redis:8.0: no such network');
    };
    const dials = await dialFromContainer(
      anEngine({ runOnce }),
      'redis:8.0',
      'x',
      handed(at(1), at(2)),
    );
    expect(dials).toEqual(
      [1, 2].map((n) => ({
        ...{ address: at(n), handedOutBy: [`sentinel-${n}`], reached: false },
        why: 'Docker could not run sh in redis:8.0: no such network',
      })),
    );
  });
});

describe('an address that is dialled from here', () => {
  it.each<[string, Reply, object]>([
    ['answers', { ok: true, value: 'PONG' }, { reached: true, letsAnyoneIn: true }],
    [
      'wants a password',
      { ok: false, error: 'NOAUTH Authentication required.' },
      { reached: true, letsAnyoneIn: false },
    ],
    [
      'refuses',
      { ok: false, error: 'connection refused' },
      { reached: false, why: 'connection refused' },
    ],
    [
      'says no word that a server says first',
      { ok: false, error: 'ERR said NOAUTH' },
      { reached: false, why: 'ERR said NOAUTH' },
    ],
  ])('%s', async (_, pong, expected) => {
    const client = { ask: async () => ({ pong }) } as unknown as NodeClient;
    const [target] = handed(at(1));
    if (target === undefined) throw new Error('no target');
    expect(await dialFromHere(client, target)).toEqual({
      ...{ address: at(1), handedOutBy: ['sentinel-1'] },
      ...expected,
    });
  });
});
