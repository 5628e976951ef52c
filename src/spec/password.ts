const LEAST = 8;
const MOST = 128;

/**
 * What is wrong with a password, as the end of the sentence "legal is …"; undefined when it may be
 * used. Sentinel writes auth-pass unquoted into its own conf (sentinel.c,
 * rewriteConfigSentinelOption), so that a space, a quote or a line end would change the file. The
 * password itself is never part of what is said.
 */
export function passwordProblem(password: string): string | undefined {
  const legal = `${LEAST} to ${MOST} visible ASCII characters without spaces, quotes, "\\", "#", "<" or ">"`;
  if (password.length < LEAST || password.length > MOST) {
    return `it has ${password.length} characters; legal is ${legal}`;
  }
  const bad = password.search(/[^!-~]|["'\\#<>]/);
  if (bad < 0) return undefined;
  return `its character number ${bad + 1} may not be in it; legal is ${legal}`;
}
