import { clocks } from '../device/clocks.svelte';
import { code, codeAt, windowOf } from '../lib/otp';
import { ticking } from '../lib/ticker.svelte';
import type { Held } from '../vault/vault.svelte';

/** The code of one entry as time passes: made once per step, never per second. */
export class LiveCode {
  #entry: () => Held;
  #now = $derived.by(() => ticking() + (clocks.of(location.origin)?.ms ?? 0));
  #window = $derived.by(() => windowOf(this.#entry(), this.#now));
  #start = $derived(this.#window?.start ?? null);

  current = $state.raw<string | null>(null);
  next = $state.raw<string | null>(null);

  constructor(entry: () => Held) {
    this.#entry = entry;
    $effect(() => {
      const { codes } = entry();
      const start = this.#start;
      if (codes === null || start === null) return;
      let over = false;
      const step = start / codes.period / 1000;
      void Promise.all([code(codes, start), codeAt(codes, step + 1)]).then(
        ([current, next]) => {
          if (over) return;
          this.current = current;
          this.next = next;
        },
        () => {
          // An mOTP entry without its PIN makes no code; the row then asks for it.
          if (!over) this.current = this.next = null;
        },
      );
      return () => {
        over = true;
      };
    });
  }

  get left(): number {
    return this.#window === null
      ? 0
      : Math.max(0, Math.ceil((this.#window.end - this.#now) / 1000));
  }
}
