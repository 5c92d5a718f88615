// The screens of the app. A tab is at the bottom of the pile; what was opened
// from it lies above, and back takes the topmost away.

export type Tab = 'codes' | 'asked' | 'more';

export type Screen =
  | { at: Tab }
  | { at: 'add' }
  | { at: 'request'; account: string; request: string }
  | { at: 'account'; account: string }
  | { at: 'entry'; entry: string }
  | { at: 'deleted' };

export interface Place {
  tab: Tab;
  above: readonly Screen[];
}

export const start: Place = { tab: 'codes', above: [] };

/** shown is the screen that is on top. */
export function shown(place: Place): Screen {
  return place.above.at(-1) ?? { at: place.tab };
}

/** open lays a screen on top; a tab clears the pile. */
export function open(place: Place, screen: Screen): Place {
  if (isTab(screen)) return { tab: screen.at, above: [] };
  if (same(shown(place), screen)) return place;
  return { tab: place.tab, above: [...place.above, screen] };
}

/** back takes the topmost screen away; from another tab it leads to the codes. */
export function back(place: Place): Place {
  if (place.above.length > 0) return { tab: place.tab, above: place.above.slice(0, -1) };
  return start;
}

/** depth counts the steps that back can take from here. */
export function depth(place: Place): number {
  return place.above.length + (place.tab === start.tab ? 0 : 1);
}

export function isTab(screen: Screen): screen is { at: Tab } {
  return screen.at === 'codes' || screen.at === 'asked' || screen.at === 'more';
}

function same(one: Screen, other: Screen): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
