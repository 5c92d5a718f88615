// A certificate for localhost that lives as long as its test.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export async function certificate(folder: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', key, '-out', cert],
  ]);
  return { cert, key };
}
