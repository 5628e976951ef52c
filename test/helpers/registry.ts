import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/** A registry on 127.0.0.1 that serves one image of one layer, as the engine pulls it. */
export interface Registry {
  /** Reference to pull: `127.0.0.1:PORT/lab/redis:1`. */
  readonly ref: string;
  close(): Promise<void>;
}

/** @param rootfs the image's root file system, a tar */
export async function serveImage(rootfs: Buffer): Promise<Registry> {
  const layer = gzipSync(rootfs, { level: 1 });
  const diffId = digest(gunzipSync(layer));
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { WorkingDir: '/data' },
      rootfs: { type: 'layers', diff_ids: [diffId] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, size: config.length, digest: digest(config) },
      layers: [{ mediaType: LAYER, size: layer.length, digest: digest(layer) }],
    }),
  );
  const blobs = new Map([config, layer].map((blob) => [digest(blob), blob]));
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/v2/') return send(response, Buffer.from('{}'), 'application/json');
    if (path.includes('/manifests/')) return send(response, manifest, MANIFEST);
    const blob = blobs.get(path.slice(path.lastIndexOf('/') + 1));
    if (blob !== undefined) return send(response, blob, 'application/octet-stream');
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { ref: `127.0.0.1:${portOf(server)}/lab/redis:1`, close: () => close(server) };
}

function send(response: ServerResponse, body: Buffer, type: string): void {
  response.writeHead(200, {
    'content-type': type,
    'content-length': body.length,
    'docker-content-digest': digest(body),
  });
  response.end(body);
}

function digest(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
