import { howToStart } from '../../../src/health/doctor/starting.js';

it('names the pod where the name of a server is that of one', () => {
  const words = howToStart({ ip: 'redis-2.redis-headless.prod.svc.cluster.local', port: 6379 });
  expect(words).toContain('kubectl -n prod describe pod redis-2');
  expect(words).not.toContain('docker');
});

it.each(['10.9.8.2', 'redis-2', 'redis.prod.svc.cluster.local', 'db.example.com', 'fd00::1'])(
  'takes %s for no pod',
  (ip) => expect(howToStart({ ip, port: 6379 })).toMatch(/^start it /),
);
