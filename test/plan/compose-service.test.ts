import { containerOptions } from '../../src/engine/docker/translate.js';
import { NETWORK_FORMS } from '../../src/model/spec.js';
import { composeService } from '../../src/plan/compose-service.js';
import { nodeContainer, podContainer } from '../../src/plan/containers.js';
import { aRecordIn, aRecordInVolumes, nodeNamed } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';

describe.each(NETWORK_FORMS)('a container in the form %s', (form) => {
  const limits = { pids: 64, memoryBytes: 256 * 1024 ** 2 };
  const record = aRecordIn(form, { limits });
  const all = [
    ...record.placement.nodes.map((node) => nodeContainer(node, facts({ record }))),
    ...(form === 'pod' ? [podContainer('lab-pod', facts({ record }))] : []),
  ];

  it.each(all.map((spec) => [spec.name, spec] as const))(
    'is the same for Compose as for the engine: %s',
    (_, spec) => {
      const { HostConfig: host = {}, ...options } = containerOptions(spec);
      const service = composeService(spec, () => 'pod');
      expect({
        image: service.image,
        entrypoint: service.entrypoint,
        user: service.user,
        hostname: service.hostname,
        memory: service.mem_limit,
        pids: service.pids_limit,
        restart: service.restart,
        caps: service.cap_drop,
        security: service.security_opt,
        readOnly: service.read_only,
        tmpfs: service.tmpfs,
        log: service.logging,
        ports: service.ports ?? [],
        mounts: (service.volumes ?? []).map(({ source, target }) => `${source}:${target}`),
        ip: Object.values(service.networks ?? {}).map((each) => each.ipv4_address),
      }).toEqual({
        image: options.Image,
        entrypoint: options.Entrypoint,
        user: options.User,
        hostname: options.Hostname,
        memory: host.Memory,
        pids: host.PidsLimit,
        restart: host.RestartPolicy?.Name,
        caps: host.CapDrop,
        security: host.SecurityOpt,
        readOnly: host.ReadonlyRootfs,
        tmpfs: Object.entries(host.Tmpfs ?? {}).map((each) => each.join(':')),
        log: { driver: host.LogConfig?.Type, options: host.LogConfig?.Config },
        ports: Object.entries<{ HostIp: string; HostPort: string }[]>(
          host.PortBindings ?? {},
        ).flatMap(([inside, at]) =>
          at.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}:${inside}`),
        ),
        mounts: (host.Mounts ?? []).map(({ Source, Target }) => `${Source}:${Target}`),
        ip: Object.values(options.NetworkingConfig?.EndpointsConfig ?? {}).map(
          (each) => each.IPAMConfig?.IPv4Address,
        ),
      });
    },
  );
});

describe('a container with a volume', () => {
  it('is a mistake: nobody could put a conf into it', () => {
    const record = aRecordInVolumes();
    const spec = nodeContainer(nodeNamed(record, 'redis-1'), facts({ record }));
    expect(() => composeService(spec, () => 'pod')).toThrow(/no directory to export/);
  });
});
