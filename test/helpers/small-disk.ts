import { execFile } from 'node:child_process';
import { open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHUNK = Buffer.alloc(64 * 1024);

/**
 * A file system of a few megabytes, which can be filled up and freed again. It is ext4, as on most
 * machines: where that is full, neither a directory nor a file can be made. tmpfs still takes both.
 */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * @param path of an empty directory
   * @throws Error where this user may not make one
   */
  static async at(path: string, megabytes: number): Promise<SmallDisk> {
    if (process.getuid?.() !== 0) {
      throw new Error('This test mounts a file system: run the end-to-end tests as root.');
    }
    const image = imageOf(path);
    await writeFile(image, '');
    await truncate(image, megabytes * 1024 * 1024);
    // Nothing is kept back for root, who runs these tests.
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', image]);
    await run('mount', ['-o', 'loop', image, path]);
    return new SmallDisk(path);
  }

  /** Not a byte is left. */
  async fill(): Promise<void> {
    const file = await open(join(this.path, 'filler'), 'a');
    try {
      for (let size = CHUNK.length; size >= 1; ) {
        const written = await file.write(CHUNK, 0, size).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOSPC') return undefined;
          throw error;
        });
        if (written === undefined) size = Math.floor(size / 2);
      }
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(join(this.path, 'filler'), { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', [this.path]);
    await rm(imageOf(this.path), { force: true });
  }
}

/** Beside the directory. */
function imageOf(path: string): string {
  return `${path}.ext4`;
}
