import { serverRootfs } from '../host/rootfs.js';
import type { Context } from './context.js';

export interface BuiltImage {
  readonly ref: string;
  readonly id: string;
  readonly server: string;
  readonly version: string;
}

/**
 * Make a small image of this machine's own server, for where no registry answers.
 * @throws RsentError `topology` when this machine has no server, EngineError when it is not taken
 */
export async function buildImage({ engine, progress }: Context, ref: string): Promise<BuiltImage> {
  progress.stage(`Making ${ref} from this machine's server`);
  const { tar, server, version } = await serverRootfs();
  const changes = ['WORKDIR /data', `CMD ["${server}"]`, 'EXPOSE 6379'];
  const id = await engine.importImage(ref, tar, changes);
  progress.done(`Made ${ref} from ${server} ${version}`);
  return { ref, id, server, version };
}
