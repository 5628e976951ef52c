import { readGivenCertificate } from '../host/given-certificate.js';
import type { GivenCertificate } from '../model/certificate.js';
import { certificateFiles } from '../spec/certificate-files.js';
import type { Said } from './inputs.js';

/**
 * The certificate that the user gives, if any. What is wrong with it joins the problems of the
 * spec, so that all are told at once.
 */
export async function withCertificate(
  said: Said,
): Promise<{ readonly said: Said; readonly certificate?: GivenCertificate }> {
  const { files, problems } = certificateFiles(said.layers, ['cert', 'key', 'ca']);
  const more = (found: readonly string[]) => ({ ...said, problems: [...said.problems, ...found] });
  if (files?.ca === undefined) return { said: more(problems) };
  const read = await readGivenCertificate({ ...files, ca: files.ca });
  const { certificate } = read;
  return { said: more(read.problems), ...(certificate === undefined ? {} : { certificate }) };
}
