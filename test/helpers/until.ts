/**
 * A wait for something to be so, which ends with its test at the latest: then the test's own limit
 * has told already that it never was.
 */
export function useUntil(): (isSo: () => boolean) => Promise<void> {
  let test = 0;
  beforeEach(() => {
    test++;
  });
  afterEach(() => {
    test++;
  });
  return async (isSo) => {
    const own = test;
    while (!isSo() && test === own) await new Promise((resolve) => setImmediate(resolve));
  };
}
