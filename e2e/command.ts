// Runs the built commands, the way a person at the host or in a shell does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const binaries = resolve(
  process.env['COUNTERSIGN_BIN'] ?? join(import.meta.dirname, '..', 'bin'),
);

/** Where what was made for a test is undone: a test's context, or a file's end. */
export interface Ending {
  after(undo: () => Promise<void>): void;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

// An environment without the caller's own settings: nothing of the machine may
// decide a test, and nothing of a test may reach the machine's own vault.
export function cleanEnvironment(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', TZ: 'UTC' };
}

export async function run(
  name: 'countersignd' | 'countersign',
  args: string[],
  { home, stdin = '' }: { home: string; stdin?: string },
): Promise<Ran> {
  const child = spawn(join(binaries, name), args, { cwd: home, env: cleanEnvironment(home) });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that refuses its arguments ends before it reads.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout, stderr };
}

export async function temporaryFolder(t: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
