// Light and dark come from the device and can be set. The choice is kept where
// it can be read before the first picture: it is no secret, and losing it costs nothing.

export type Theme = 'device' | 'light' | 'dark' | 'amoled';
export const themes: readonly Theme[] = ['device', 'light', 'dark', 'amoled'];

const name = 'countersign-theme';
const bars: Record<Exclude<Theme, 'device'>, string> = {
  light: '#FBFBF8',
  dark: '#101317',
  amoled: '#000000',
};

export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(name);
    return themes.find((theme) => theme === kept) ?? 'device';
  } catch {
    return 'device';
  }
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === 'device') localStorage.removeItem(name);
    else localStorage.setItem(name, theme);
  } catch {
    // It then holds until the app is closed.
  }
  applyTheme(theme);
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'device') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
  document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]').forEach((bar) => {
    const dark = bar.media.includes('dark');
    bar.content = theme === 'device' ? (dark ? bars.dark : bars.light) : bars[theme];
  });
}
