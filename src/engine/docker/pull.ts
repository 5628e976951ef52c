import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { EngineError, type PullProgress } from '../engine.js';
import { quoted } from './failure.js';
import { type ProgressEvent, progressOf } from './progress.js';
import { Refusal } from './refusal.js';
import { meaningOf } from './signs.js';

/**
 * Pull an image and report bytes over all layers as they arrive.
 * @throws EngineError `pull-failed`, naming what else the user can do
 */
export async function pull(
  docker: Docker,
  ref: string,
  onProgress: (progress: PullProgress) => void,
  signal?: AbortSignal,
): Promise<void> {
  const layers = new Map<string, { done: number; total: number }>();
  try {
    const stream = await docker.pull(withTag(ref), signal ? { abortSignal: signal } : {});
    for await (const event of progressOf(Readable.from(stream))) {
      note(layers, event);
      onProgress(sum(layers));
    }
  } catch (error) {
    // Not the registry's fault.
    if (signal?.aborted || !(error instanceof Refusal)) throw error;
    const words = error.message;
    const why = meaningOf(words)?.sentence ?? quoted(words);
    throw new EngineError(
      'pull-failed',
      `The image ${ref} is not here and cannot be pulled: ${why}.`,
      {
        hint: 'Check its name and the network. Without a registry: rsent image build makes a small image from the redis-server of this machine, and --image uses any other one that is here.',
        cause: error,
      },
    );
  }
}

function withTag(ref: string): string {
  const last = ref.slice(ref.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? ref : `${ref}:latest`;
}

function note(layers: Map<string, { done: number; total: number }>, event: ProgressEvent): void {
  const { id, status, progressDetail } = event;
  if (id === undefined || status === undefined) return;
  const known = layers.get(id);
  if (status === 'Downloading' && progressDetail?.total !== undefined) {
    layers.set(id, { done: progressDetail.current ?? 0, total: progressDetail.total });
  } else if (known !== undefined && /^(Download complete|Pull complete)/.test(status)) {
    layers.set(id, { done: known.total, total: known.total });
  }
}

function sum(layers: ReadonlyMap<string, { done: number; total: number }>): PullProgress {
  let doneBytes = 0;
  let totalBytes = 0;
  for (const { done, total } of layers.values()) {
    doneBytes += done;
    totalBytes += total;
  }
  return { doneBytes, totalBytes };
}
