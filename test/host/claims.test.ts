import { once } from 'node:events';
import { createServer } from 'node:net';
import { Claims } from '../../src/host/claims.js';

const open: Claims[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.release();
});

function someone(): Claims {
  const claims = new Claims();
  open.push(claims);
  return claims;
}

/** What nobody else claims. */
const thing = (name: string) => `${process.pid} ${name}`;

describe('Claims', () => {
  it('gives a thing to the first who asks', async () => {
    const [first, second] = [someone(), someone()];
    expect(await first.claim(thing('a'))).toBe(true);
    expect(await second.claim(thing('a'))).toBe(false);
    expect(await second.claim(thing('b'))).toBe(true);
  });

  it('gives it to exactly one of many who ask at once', async () => {
    const won = await Promise.all(Array.from({ length: 20 }, () => someone().claim(thing('a'))));
    expect(won.filter((each) => each)).toHaveLength(1);
  });

  it('still has what it has claimed before', async () => {
    const claims = someone();
    await claims.claim(thing('a'));
    expect(await claims.claim(thing('a'))).toBe(true);
  });

  it('lets all go', async () => {
    const [first, second] = [someone(), someone()];
    for (const name of ['a', 'b']) await first.claim(thing(name));
    first.release();
    for (const name of ['a', 'b']) expect(await second.claim(thing(name))).toBe(true);
  });

  it('tells long names apart that begin alike', async () => {
    const long = 'x'.repeat(200);
    await someone().claim(thing(`${long} 1`));
    expect(await someone().claim(thing(`${long} 2`))).toBe(true);
  });

  it('leaves the port itself to whoever is to get it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    await someone().claim(`127.0.0.1:${port}`);
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    other.close();
  });
});
