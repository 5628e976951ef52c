import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { eventually, Lab } from '../helpers/lab.js';
import { OtherMachine } from '../helpers/other-machine.js';
import { rawReply } from '../helpers/outsider.js';

const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const PYTHON = '/usr/bin/python3';
jest.setTimeout(240_000);

describe('the topology of the user’s document', () => {
  let lab: Lab;
  let machine: OtherMachine;
  let name: string;

  beforeAll(async () => {
    lab = await Lab.open();
    machine = await OtherMachine.plugIn();
    name = lab.name();
    const spec = (await readFile(fixture('specs/seed.yaml'), 'utf8')).replace(
      /^name: seed$/m,
      `name: ${name}`,
    );
    await writeFile(join(lab.home, 'seed.yaml'), spec);
    const flags = ['--profile', 'ci', '--clients', 'lan', '--address', machine.host, '--auth'];
    // Its ports are its own: a test beside this one may have one of them on every address just now.
    await eventually(
      () => lab.run('up', '-f', 'seed.yaml', ...flags),
      ({ code, stderr }) => {
        if (code !== 0 && !stderr.includes('Ports that the spec names are taken')) {
          throw new Error(stderr);
        }
        return code === 0;
      },
      90_000,
    );
  });
  afterAll(async () => {
    await lab?.clean();
    await machine?.unplug();
  });

  it('has its containers, its ports and its directories', async () => {
    const filters = { label: [`rsent.topology=${name}`] };
    const found = await lab.docker.listContainers({ filters });
    const published = found.map(({ Names, Ports }) => {
      const port = Ports.find(({ PublicPort }) => PublicPort !== undefined);
      return `${Names[0]} ${port?.IP}:${port?.PublicPort}`;
    });
    const ports = [6379, 6380, 6381, 26377, 26378, 26379];
    expect(published.sort()).toEqual(
      ports.map((port) => `/redis_${port} ${machine.host}:${port}`).sort(),
    );
    const entries = await readdir(join(lab.home, 'data', name));
    expect(entries.filter((entry) => /^redis/.test(entry)).sort()).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `redis${n}`),
    );
  });

  async function program(): Promise<string> {
    const password = (await readFile(join(lab.home, 'data', name, 'password'), 'utf8')).trim();
    const source = await readFile(fixture('clients/seed.py'), 'utf8');
    const text = source
      .replaceAll('10.0.0.101', machine.host)
      .replace(
        'socket_timeout=5)',
        `socket_timeout=5, password='${password}', sentinel_kwargs={'password': '${password}'})`,
      );
    expect(text).not.toBe(source);
    const file = join(lab.home, 'seed.py');
    await writeFile(file, `${text}\nprint(sentinel.master_for('mymaster').set('foo', 'bar'))\n`);
    return file;
  }

  it('is found by its Python program on another machine, before and after a failover', async () => {
    const before = await machine.run(PYTHON, await program());
    expect(before).toContain(`('${machine.host}', 6379)`);
    expect(before).toMatch(/6380\).*6381\)|6381\).*6380\)/);
    expect((await lab.run('failover', name)).code).toBe(0);
    const after = await machine.run(PYTHON, await program());
    const { master } = await lab.healthy(name);
    const [ip, port] = (master?.address ?? '').split(':');
    expect([ip, port]).not.toEqual([machine.host, '6379']);
    expect(after.split('\n').find((line) => line.startsWith('('))).toBe(`('${ip}', ${port})`);
    expect(after.trim().split('\n').at(-1)).toBe('True');
  });

  it('tells a stranger nothing', async () => {
    for (const port of [6379, 26377]) {
      expect(await rawReply(`${machine.host}:${port}`, 'PING')).toMatch(/^-NOAUTH/);
    }
  });
});
