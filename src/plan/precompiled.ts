/**
 * What the build has made of rsent's own templates (bin/build.js), by their source: compiling them
 * takes a while. Nothing where rsent was not built.
 */
export const PRECOMPILED: ReadonlyMap<string, TemplateSpecification> = new Map();
