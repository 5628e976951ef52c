import { buffer } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { serverRootfs } from '../../src/host/rootfs.js';
import type { UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { type Registry, serveImage } from '../helpers/registry.js';

jest.setTimeout(120_000);

describe('images', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab?.clean());

  it('makes an image of this machine’s own server', async () => {
    const name = lab.name();
    const tag = `rsent-e2e/redis:${process.pid}`;
    try {
      const built = await lab.json<{ ref: string; version: string }>(
        'image',
        'build',
        '--tag',
        tag,
      );
      expect(built).toMatchObject({ ref: tag, version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
      const up = await lab.json<UpDocument>('up', name, '--profile', 'ci', '--image', tag);
      expect(up.healthy).toBe(true);
    } finally {
      await lab.run('down', name, '--volumes', '--yes');
      await lab.docker
        .getImage(tag)
        .remove({ force: true })
        .catch(() => undefined);
    }
  });

  describe('in a registry', () => {
    let registry: Registry;
    let name: string;
    beforeAll(async () => {
      name = lab.name();
      registry = await serveImage(await buffer((await serverRootfs()).tar));
    });
    afterAll(async () => {
      await lab.run('down', name, '--volumes', '--yes');
      await registry?.close();
      await lab.docker
        .getImage(registry.ref)
        .remove({ force: true })
        .catch(() => undefined);
    });

    it('are pulled when they are absent', async () => {
      const { code, stderr } = await lab.run(
        'up',
        name,
        '--profile',
        'ci',
        '--image',
        registry.ref,
      );
      expect(stderr).toContain(`Pulled ${registry.ref}`);
      expect(code).toBe(0);
    });
  });
});
