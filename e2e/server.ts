// Starts the real countersignd on a free loopback port with a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { certificate } from './certificate.ts';
import { binaries, cleanEnvironment, run, temporaryFolder, type Ending } from './command.ts';

// Starting takes 60 ms; a machine that compiles beside it has been seen to need
// a hundred times that.
const startLimit = 30_000;

export interface Server {
  origin: string;
  folder: string;
  /** For the first owner; undefined when the server was started with --demo. */
  setupCode: string | undefined;
  /** What the server said on its console since it started. */
  said(): string;
  /** Runs `countersignd admin …` beside the running server; throws when it fails. */
  admin(args: string[], stdin?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  demo?: boolean;
  /** WebKitGTK keeps cookies only over TLS. */
  tls?: boolean;
  args?: string[];
}

export async function startServer(
  t: Ending,
  { demo = false, tls = false, args = [] }: ServerOptions = {},
): Promise<Server> {
  const folder = await temporaryFolder(t);
  const port = await freePort();
  const origin = `${tls ? 'https' : 'http'}://localhost:${String(port)}`;
  const common = ['--data', join(folder, 'data'), '--listen', `127.0.0.1:${String(port)}`];
  const serve = [...common, '--issuer', origin, 'serve', ...(demo ? ['--demo'] : []), ...args];
  if (tls) {
    const pair = await certificate(folder);
    serve.push('--tls-cert', pair.cert, '--tls-key', pair.key);
  }
  const child = spawn(join(binaries, 'countersignd'), serve, {
    cwd: folder,
    env: cleanEnvironment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const stop = (): Promise<void> => end(child);
  t.after(stop);
  await ready(child, () => said);

  return {
    origin,
    folder,
    setupCode: /with the code\s+(\S+)/.exec(said)?.[1],
    said: () => said,
    stop,
    async admin(adminArgs, stdin = '') {
      const ran = await run(
        'countersignd',
        [...common, '--issuer', origin, 'admin', ...adminArgs],
        {
          home: folder,
          stdin,
        },
      );
      if (ran.code !== 0) {
        throw new Error(
          `countersignd admin ${adminArgs.join(' ')}: ${String(ran.code)}\n${ran.stderr}`,
        );
      }
      return ran.stdout;
    },
  };
}

async function ready(child: ChildProcess, said: () => string): Promise<void> {
  const limit = AbortSignal.timeout(startLimit);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`countersignd ended while starting:\n${said()}`);
  });
  while (!said().includes('Ctrl-C stops it.')) {
    if (child.stdout === null) throw new Error('countersignd has no console');
    await Promise.race([once(child.stdout, 'data', { signal: limit }), ended]);
  }
  // From here on an end is the test's own doing, or shows as a refused connection.
  ended.catch(() => undefined);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

// The system chooses the port; between closing it and listening again another
// program could take it, which Linux avoids by handing ports out in turn.
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
