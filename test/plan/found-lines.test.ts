import { found } from '../../src/plan/found.js';
import { asleep, made, names } from '../helpers/up-facts.js';

describe('found', () => {
  it('has nothing to say where all runs', () => {
    expect(found(made('running'))).toEqual([]);
  });

  it('says in one line that all is away', () => {
    expect(found(asleep())).toEqual(['lab has no containers; its data is kept']);
    expect(found(made('exited'))).toEqual(['lab is stopped']);
  });

  it('says that the network has gone, too, whatever the containers do', () => {
    const gone = 'The network lab-net is gone';
    expect(found(made('exited', { networkExists: false }))).toEqual(['lab is stopped', gone]);
    const cut = found(made('running', { networkExists: false, cut: new Set(names) }));
    expect(cut).toEqual([gone, ...names.map((name) => `${name} is on no network`)]);
  });
});
