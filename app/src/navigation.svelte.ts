import { back, depth, open, shown, start, type Place, type Screen } from './screen';

// The browser's history carries the pile of screens, so that the phone's own
// back button and gesture do what the app's arrow does. Codes and keys never
// enter it: a browser writes its history to disk.

let place = $state.raw<Place>(start);

function entry(): { place: Place } {
  // $state.raw holds plain objects: they clone into the history as they are.
  return { place };
}

export const navigation = {
  get screen(): Screen {
    return shown(place);
  },
  get tab() {
    return place.tab;
  },
  get deep(): boolean {
    return place.above.length > 0;
  },

  open(screen: Screen): void {
    const next = open(place, screen);
    if (next === place) return;
    const onward = depth(next) > depth(place);
    place = next;
    if (onward) history.pushState(entry(), '');
    else history.replaceState(entry(), '');
  },

  /** replace shows a screen instead of the topmost, for what must not be returned to. */
  replace(screen: Screen): void {
    place = open(back(place), screen);
    history.replaceState(entry(), '');
  },

  back(): void {
    if (depth(place) > 0) history.back();
  },

  /** dropFragment takes a code out of the address bar, for a link that was opened into the running app. */
  dropFragment(): void {
    history.replaceState(entry(), '', location.pathname);
  },

  /** begin takes over the address bar: one entry, no fragment (a code may stand there). */
  begin(): void {
    history.replaceState(entry(), '', location.pathname);
    addEventListener('popstate', (event: PopStateEvent) => {
      const kept = event.state as { place?: Place } | null;
      // A link opened into the running app makes an entry of its own, without a place.
      if (kept?.place !== undefined) place = kept.place;
      else if (location.hash === '') place = back(place);
    });
  },
};
