import { asStranger, believing, OPEN_ACCESS } from '../../src/model/access.js';
import { connectionOptions } from '../../src/redis/connection.js';

describe('servers whose certificate names no address of theirs', () => {
  it('are believed by who signed them alone', () => {
    const { tls } = connectionOptions({ ca: 'C', anyName: true });
    expect(tls).toEqual({ ca: 'C', checkServerIdentity: expect.any(Function) });
    const check = (tls as { checkServerIdentity: () => unknown }).checkServerIdentity;
    expect(check()).toBeUndefined();
  });

  it('are asked for their name where nobody says otherwise', () => {
    expect(connectionOptions({ ca: 'C' })).toEqual({ tls: { ca: 'C' } });
    expect(connectionOptions({ anyName: true })).toEqual({});
  });

  it('are believed by everyone in the same way, a stranger too', () => {
    const access = believing(OPEN_ACCESS, { ca: 'C', anyName: true });
    for (const credentials of Object.values(access)) {
      expect(credentials).toEqual({ ca: 'C', anyName: true });
      const known = { ...credentials, password: 'p' };
      expect(asStranger(known)).toEqual({ ca: 'C', anyName: true });
    }
  });
});
