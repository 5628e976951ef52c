import { writeFile } from 'node:fs/promises';
import { issueCertificate, newAuthority } from '../../src/host/issue-certificate.js';
import type { CertificateFiles, GivenCertificate } from '../../src/model/certificate.js';

/** A new authority, and a certificate that it has signed: by itself, and as a user gives both. */
export async function anIssuer(commonName = 'a company') {
  const authority = await newAuthority({ commonName, days: 90 });
  const issue = async (
    ipAddresses: readonly string[] = [],
    days = 60,
  ): Promise<GivenCertificate> => {
    const request = { commonName: 'redis', dnsNames: ['redis.example.com'], ipAddresses, days };
    return { ...(await issueCertificate(authority, request)), caPem: authority.certPem };
  };
  return { authority, issue };
}

/** The three files of it in that place, called as their flags are. */
export async function writeCertificate(
  path: (name: string) => string,
  { certPem, keyPem, caPem }: GivenCertificate,
): Promise<CertificateFiles> {
  const file = async (flag: string, name: string, content: string) => {
    await writeFile(path(name), content);
    return { path: path(name), where: flag };
  };
  return {
    cert: await file('--tls-cert', 'my.crt', certPem),
    key: await file('--tls-key', 'my.key', keyPem),
    ca: await file('--tls-ca', 'my-ca.crt', caPem),
  };
}
