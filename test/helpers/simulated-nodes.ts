import { type NodePlacement, sameAddress } from '../../src/model/topology.js';

/** A directive of a conf with another value, where it stands. */
export function setLine(conf: string, name: string, value: string): string {
  return conf.replace(new RegExp(`^${name} .*$`, 'm'), `${name} ${value}`);
}

/** The conf of a Sentinel that watches another address, or has another quorum. */
export function monitored(
  conf: string,
  masterName: string,
  now: { readonly at?: NodePlacement['address']; readonly quorum?: string },
): string {
  return conf.replace(
    new RegExp(`^(sentinel monitor ${masterName}) (\\S+) (\\d+) (\\d+)$`, 'm'),
    (_, start: string, ip: string, port: string, quorum: string) =>
      `${start} ${now.at?.ip ?? ip} ${now.at?.port ?? port} ${now.quorum ?? quorum}`,
  );
}

/** The confs as the servers leave them after this node has become master. */
export function handOver(
  files: Map<string, string>,
  nodes: readonly NodePlacement[],
  to: NodePlacement,
  masterName: string,
  pathOf: (node: NodePlacement) => string,
): void {
  const data = nodes.filter(({ kind }) => kind === 'redis');
  for (const node of nodes) {
    const conf = files.get(pathOf(node));
    if (conf === undefined) continue;
    const other = node.kind === 'redis' ? replica(conf) : sentinel(conf);
    files.set(pathOf(node), other);
    function replica(text: string): string {
      const rest = without(text, /^replicaof /);
      return node.name === to.name ? rest : `${rest}replicaof ${at(to)}\n`;
    }
    function sentinel(text: string): string {
      const lines = data
        .filter(({ name }) => name !== to.name)
        .map((each) => `sentinel known-replica ${masterName} ${at(each)}\n`);
      const rest = without(text, /^sentinel known-replica /);
      return monitored(rest, masterName, { at: to.address }) + lines.join('');
    }
  }
}

/** Whom a Sentinel knows besides itself and the master. */
export function knownIn(conf: string, nodes: readonly NodePlacement[]) {
  const found = [...conf.matchAll(/^sentinel known-(replica|sentinel) \S+ (\S+) (\d+)/gm)];
  const names = found.map(([, , ip = '', port]) => {
    const address = { ip, port: Number(port) };
    return nodes.find((node) => sameAddress(node.address, address))?.name ?? `${ip}:${port}`;
  });
  const count = (what: string) => found.filter(([, kind]) => kind === what).length;
  return { names, replicas: count('replica'), sentinels: count('sentinel') };
}

function at({ address }: NodePlacement): string {
  return `${address.ip} ${address.port}`;
}

function without(conf: string, line: RegExp): string {
  const kept = conf.split('\n').filter((each) => !line.test(each));
  return kept.join('\n').replace(/\n*$/, '\n');
}
