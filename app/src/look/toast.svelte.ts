// One short sentence about what just happened, with at most one way to undo it.

export interface Toast {
  words: string;
  undo?: { name: string; run: () => void };
}

let shown = $state.raw<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export const toast = {
  get shown(): Toast | null {
    return shown;
  },
  show(next: Toast): void {
    clearTimeout(timer);
    shown = next;
    // Long enough to read; longer where something can be undone.
    timer = setTimeout(toast.hide, next.undo === undefined ? 4000 : 10_000);
  },
  hide(): void {
    clearTimeout(timer);
    shown = null;
  },
};
