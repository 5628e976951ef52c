import type { Owner } from '../model/container.js';
import { VOLUME_MOUNT } from '../model/inside.js';
import { shellWord } from '../model/shell.js';
import type { NodePlacement, TopologyRecord } from '../model/topology.js';
import type { Branch } from './branches.js';
import { volumeName } from './ownership.js';

/** Data that was set aside before its node copied its master. */
export interface KeptBranch {
  readonly record: TopologyRecord;
  /** Absolute path of the topology's directory. */
  readonly directory: string;
  readonly node: NodePlacement;
  readonly branch: Branch;
  /** Name that its directory has now. */
  readonly as: string;
  /** Name of the master. */
  readonly master: string;
  /** What the node's container runs as. */
  readonly user: Owner;
  /** The server program in the image: redis-server or valkey-server. */
  readonly server: string;
}

/** What a node had beyond its master, where that is kept now, and how to look at it: a line each. */
export function branchLines(kept: KeptBranch): string[] {
  const { node, branch, as, master } = kept;
  const had =
    branch.is === 'diverged'
      ? `has ${branch.commands} command${branch.commands === 1 ? '' : 's'} that ${master}, the master, never got`
      : `may have commands that ${master}, the master, never got`;
  const path = `${kept.directory}/${node.folder}/${as}`;
  const where =
    kept.record.placement.storage === 'volume' ? `${as} in the volume ${volumeName(node)}` : path;
  const name = `${node.container}-before`;
  const client = kept.server.replace('-server', '-cli');
  return [
    `${node.name} ${had}; it copies ${master} now, and its files are kept: ${where}`,
    `To look at what ${node.name} had: ${serverCommand(name, path, kept)}; then docker exec -it ${name} ${client}; docker stop ${name} ends it`,
  ];
}

/** Directives that say which files a server loads; no other of the node's conf is needed. */
const FILE_DIRECTIVES = ['appendonly', 'appenddirname', 'appendfilename', 'dbfilename'];

/** A server on no network that loads these files. */
function serverCommand(name: string, path: string, { record, node, as, ...kept }: KeptBranch) {
  const isVolume = record.placement.storage === 'volume';
  const mount = isVolume ? `${volumeName(node)}:${VOLUME_MOUNT}` : `${path}:/data`;
  const further = record.spec.further.redis;
  const given = FILE_DIRECTIVES.flatMap((each) => {
    const value = further[each]?.at(-1) ?? (each === 'appendonly' ? 'yes' : undefined);
    return value === undefined ? [] : [`--${each} ${value}`];
  });
  return [
    `docker run --rm -d --name ${name} --network none`,
    `--user ${kept.user.uid}:${kept.user.gid} -v ${shellWord(mount)} ${record.spec.image.ref}`,
    `${kept.server} --dir ${isVolume ? `${VOLUME_MOUNT}/${as}` : '/data'} ${given.join(' ')}`,
  ].join(' ');
}
