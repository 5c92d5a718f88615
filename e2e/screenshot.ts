// Pictures for people to look at, in e2e/out. Nothing compares them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const pictures = join(import.meta.dirname, 'out');

/** Writes one picture; the name says page, size, scheme and browser. */
export async function keepPicture(name: string, png: Uint8Array): Promise<string> {
  await mkdir(pictures, { recursive: true });
  const file = join(pictures, `${name}.png`);
  await writeFile(file, png);
  return file;
}
