// The page's policy (require-trusted-types-for 'script') refuses a script by a
// plain string. This is the one place that vouches for one, and for one address.

const workerAddress = '/app/sw.js';

interface ScriptPolicy {
  createScriptURL(address: string): unknown;
}
interface PolicyMaker {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): ScriptPolicy;
}

/** serviceWorkerAddress is the worker's address in the form the browser insists on. */
export function serviceWorkerAddress(): string {
  const maker = (globalThis as { trustedTypes?: PolicyMaker }).trustedTypes;
  if (maker === undefined) return workerAddress;
  const policy = maker.createPolicy('countersign-worker', {
    createScriptURL(address) {
      if (address !== workerAddress) throw new TypeError(`not the worker: ${address}`);
      return address;
    },
  });
  return policy.createScriptURL(workerAddress) as string;
}
