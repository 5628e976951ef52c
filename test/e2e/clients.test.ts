import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';

const run = promisify(execFile);
/** Debian's own Python: that is where its python3-redis package installs to. */
const PYTHON = '/usr/bin/python3';
jest.setTimeout(60_000);

describe('clients on this host', () => {
  let lab: Lab;
  let up: UpDocument;
  beforeAll(async () => {
    lab = await Lab.open();
    up = await lab.json<UpDocument>('up', lab.name(), '--profile', 'ci');
  });
  afterAll(() => lab?.clean());

  it('the Python program of the user’s document, with only its host changed, finds everyone', async () => {
    const [ip, port] = (up.nodes.find(({ name }) => name === 'sentinel-1')?.published ?? '').split(
      ':',
    );
    const source = await readFile(
      new URL('../../fixtures/clients/seed.py', import.meta.url),
      'utf8',
    );
    const program = join(lab.home, 'seed.py');
    await writeFile(
      program,
      source.replaceAll('10.0.0.101', String(ip)).replaceAll('26379', String(port)),
    );
    const { stdout } = await run(PYTHON, [program], { timeout: 20_000 }).catch((error) => {
      throw new Error(
        `${error.message}\nDebian's python3-redis is needed: apt-get install python3-redis`,
      );
    });
    const [host, number] = up.master.address.split(':');
    expect(stdout).toContain(`('${host}', ${number})`);
    for (const { role, address } of up.nodes.filter((node) => node.kind === 'redis')) {
      if (role === 'replica')
        expect(stdout).toContain(`('${address.split(':')[0]}', ${address.split(':')[1]})`);
    }
  });

  it('the lines that up prints work as they are pasted', async () => {
    const { stdout } = await lab.run('up', up.nodes[0]?.container.replace(/-redis-1$/, '') ?? '');
    const lines = stdout.split('\n').map((line) => line.trim());
    const python = lines.filter((line) => /^(from redis|Sentinel\()/.test(line)).join('\n');
    const program = join(lab.home, 'pasted.py');
    await writeFile(program, `${python}\n`);
    await run(PYTHON, [program], { timeout: 20_000 });
    expect(await readdir(lab.home)).toContain('pasted.py');
  });
});
