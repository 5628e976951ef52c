import type { Sign } from './sign.js';

const OTHER_PORTS =
  'Choose other ports with --redis-port and --sentinel-port, or free it: ss -ltnp lists who listens.';
const VOLUMES =
  'rsent up NAME --storage volume keeps conf and data in volumes of the engine, which needs no common directory.';
/** What it says of networks, addresses and ports. */
export const NETWORK_SIGNS: readonly Sign[] = [
  {
    words:
      /port is already allocated|(?:bind:|host port.{0,300}:) address already in use|ports are not available/i,
    failure: 'port-taken',
    sentence: (m) => `${addressIn(m) ?? 'one of its ports'} is in use on the engine’s machine`,
    hint: OTHER_PORTS,
  },
  {
    words: /cannot assign requested address/i,
    failure: 'address-gone',
    sentence: (m) =>
      `the engine’s machine does not have the address of ${addressIn(m) ?? 'one of its ports'}`,
    hint: 'Nodes of a joined network are published at its gateway: rsent up NAME takes the one that it has now and keeps the data. An address given with --address must be one of the engine’s machine.',
  },
  {
    words: /bind: permission denied|expose privileged port/i,
    sentence: 'the engine may not listen on ports below 1024',
    hint: 'Choose others with --redis-port and --sentinel-port.',
  },
  {
    words: /(?:^|: )address already in use\s{0,9}$|ip address \S{1,300} is already allocated/i,
    failure: 'address-taken',
    sentence: 'another container has the address by now',
    hint: 'Run it again: rsent up NAME takes a free one while no node runs (rsent stop NAME).',
  },
  {
    words:
      /does not belong to any of this network's subnets|no configured subnet.{0,300} contains? /i,
    failure: 'network-gone',
    sentence: 'the network has another subnet than before, so it was made again meanwhile',
    hint: 'rsent up NAME puts the nodes on it as it is now; the data stays.',
  },
  {
    words: /network \S{1,300} not found|no such network|unable to find network/i,
    failure: 'network-gone',
    sentence: 'the network that the container was made on is gone',
    hint: 'Make it again if it was one that you joined (docker network create), then: rsent up NAME. The data stays.',
  },
  {
    words: /network with name (\S{1,300}) already exists/i,
    failure: 'name-taken',
    sentence: (m) => `there is a network named ${m[1]} already`,
    hint: (m) =>
      `docker network inspect ${m[1]} shows whose it is. Use another name, or remove it.`,
  },
  {
    words:
      /Pool overlaps|overlaps with other one|conflicts with network|subnet .{0,300} already used/i,
    failure: 'subnet-taken',
    sentence: 'another network has that subnet',
    hint: 'docker network prune removes networks that no container uses.',
  },
  {
    words: /no available IPv4|fully subnetted|non-overlapping IPv4 address pool/i,
    sentence: 'no address is left for it',
    hint: 'docker network prune removes networks that no container uses; a network to join may be too small.',
  },
  {
    words: /user[- ](?:specified|configured) (?:IP|subnet)/i,
    failure: 'no-fixed-address',
    sentence: 'the network gives no fixed addresses, as nobody chose its subnet',
    hint: 'Make it with a subnet: docker network create --subnet 10.20.30.0/24 NAME.',
  },
  {
    words: /network (\S{1,300}).{0,300} has active endpoints/i,
    sentence: (m) => `other containers are on the network ${m[1]}`,
    hint: (m) => `docker network inspect ${m[1]} lists them; take them off it first.`,
  },
  {
    words: /iptables (?:--wait|failed)|No chain\/target\/match/i,
    sentence: 'its firewall rules were removed by somebody else',
    hint: 'Restart the engine, which makes them again: sudo systemctl restart docker.',
  },
  {
    words: /adding interface .{0,300} to bridge .{0,300} failed/i,
    sentence: 'no further container fits on the bridge',
    hint: 'A Linux bridge has at most 1023 ports. Remove containers, or choose --network pod.',
  },
];

/** What it says of directories, volumes and disks. */
export const FILE_SIGNS: readonly Sign[] = [
  {
    words:
      /bind source path does not exist: (\S{1,300})|The path (\S{1,300})\s{1,9}is not shared from the host|creating mount source path '([^']{1,300})'|statfs (\S{1,300}): no such file/i,
    failure: 'paths-unseen',
    sentence: (m) => `the engine does not see ${m[1] ?? m[2] ?? m[3] ?? m[4]} of this machine`,
    hint: `Its files are others: it is confined (snap), on another machine, or shares only some directories (Docker Desktop: Settings, Resources, File sharing). ${VOLUMES}`,
  },
  {
    words: /mounts denied|invalid mount config/i,
    failure: 'paths-unseen',
    sentence: 'the engine refuses a directory of this machine',
    hint: VOLUMES,
  },
  {
    words: /apparmor|selinux|avc: {1,2}denied/i,
    sentence: 'the security module of the engine’s machine refused it',
    hint: 'sudo dmesg | grep -i -e apparmor -e avc shows what was refused, on the engine’s machine.',
  },
  {
    words: /(?:chdir to cwd|mkdir|mount(?:ing)?|open|lstat|stat) .{0,300}permission denied/i,
    failure: 'paths-unseen',
    sentence: 'its containers may not use the directories of this user',
    hint: VOLUMES,
  },
  {
    words: /cannot be mapped to a host ID/i,
    sentence: 'it maps users, and does not know the one whose file it is to write',
    hint: 'Please report this, with what docker info says.',
  },
  {
    words: /no space left on device|disk quota exceeded/i,
    sentence: 'its disk is full',
    hint: 'docker system df shows what takes the space; docker image prune removes images that nothing uses.',
  },
  {
    words: /read-only file system/i,
    sentence: 'its disk is read-only',
    hint: 'Look at the engine’s machine: dmesg tells why. Disks become so after an error.',
  },
  {
    words: /volume is in use - \[([^\]]{0,300})\]|volume (\S{1,300}) is being used/i,
    sentence: 'a container has the volume mounted',
    hint: 'docker ps -a --filter volume=VOLUME shows which; remove it first.',
  },
];

/** The first address with a port in the words that a sign was found in. */
function addressIn(match: RegExpExecArray): string | undefined {
  return /\d{1,5}\.\d{1,5}\.\d{1,5}\.\d{1,5}:\d{1,5}/.exec(match.input)?.[0];
}
