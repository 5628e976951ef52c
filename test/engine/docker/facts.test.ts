import { engineFacts } from '../../../src/engine/docker/facts.js';

const info = (SecurityOptions: string[] | null) => ({ ServerVersion: '28.5.2', SecurityOptions });

describe('what an engine says of itself', () => {
  it.each([
    ['nothing', null, undefined],
    ['the usual', ['name=seccomp,profile=default', 'name=cgroupns'], undefined],
    ['a profile that is called so', ['name=seccomp,profile=name=userns'], undefined],
    ['userns-remap', ['name=seccomp,profile=default', 'name=userns'], 'userns-remap'],
    ['rootless', ['name=seccomp,profile=builtin', 'name=rootless'], 'rootless'],
    ['both', ['name=userns', 'name=rootless'], 'rootless'],
  ])('shows how it maps users: %s', (_, options, mapping) => {
    expect(engineFacts(info(options)).userMapping).toBe(mapping);
  });

  it('shows where it takes subnets from, or that it does not say', () => {
    const pools = [{ Base: '10.200.0.0/16', Size: 24 }];
    expect(engineFacts({ ...info(null), DefaultAddressPools: pools }).addressPools).toEqual([
      { base: '10.200.0.0/16', size: 24 },
    ]);
    expect(engineFacts({ DefaultAddressPools: null })).toEqual({ version: '', addressPools: [] });
  });
});
