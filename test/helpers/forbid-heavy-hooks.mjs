const HEAVY = ['dockerode', 'ioredis'];

export async function resolve(specifier, context, next) {
  if (HEAVY.includes(specifier)) throw new Error(`${context.parentURL} loads ${specifier}`);
  return next(specifier, context);
}
