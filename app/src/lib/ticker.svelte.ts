// The one clock that drives countdowns: it ticks at each full second of the
// phone's time, and only while something on the screen reads it.

import { createSubscriber } from 'svelte/reactivity';

let now = Date.now();

const subscribe = createSubscriber((changed) => {
  let timer: ReturnType<typeof setTimeout>;
  const tick = (): void => {
    now = Date.now();
    changed();
    timer = setTimeout(tick, 1000 - (Date.now() % 1000) + 1);
  };
  timer = setTimeout(tick, 1000 - (Date.now() % 1000) + 1);
  now = Date.now();
  return () => {
    clearTimeout(timer);
  };
});

/** ticking is the phone's time in ms; who reads it in an effect is called again each second. */
export function ticking(): number {
  subscribe();
  return Math.max(now, Date.now() - 999);
}
