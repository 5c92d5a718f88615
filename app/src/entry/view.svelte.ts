import type { Order } from './shown';

// How the person wants the codes shown. It is no secret, and losing it costs nothing.

interface View {
  hidden: boolean;
  order: Order;
}

const name = 'countersign-codes';

function kept(): View {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<View>;
    return { hidden: found.hidden === true, order: found.order === 'newest' ? 'newest' : 'name' };
  } catch {
    return { hidden: false, order: 'name' };
  }
}

let view = $state.raw<View>(kept());

export const codesView = {
  get hidden(): boolean {
    return view.hidden;
  },
  get order(): Order {
    return view.order;
  },
  choose(next: Partial<View>): void {
    view = { ...view, ...next };
    try {
      localStorage.setItem(name, JSON.stringify(view));
    } catch {
      // It then holds until the app is closed.
    }
  },
};
