/** A file, and how the user knows what names it: `--tls-cert`, or `rsent.yaml:4: tlsCert`. */
export interface NamedFile {
  readonly path: string;
  readonly where: string;
}

/** Where a certificate of the user's own is, with its key and with the authority to trust. */
export interface CertificateFiles {
  readonly cert: NamedFile;
  readonly key: NamedFile;
  readonly ca: NamedFile;
}

/** What is in these files, checked, as PEM text. Never part of a plan or a report. */
export interface GivenCertificate {
  /** The certificate itself, and after it those between it and the authority, if any. */
  readonly certPem: string;
  readonly keyPem: string;
  /** One authority or several. */
  readonly caPem: string;
}
