export type Platform = 'ios' | 'android' | 'desktop';

/** What the browser tells about the device it runs on. */
export interface Surroundings {
  agent: string;
  platform: string;
  touchPoints: number;
  standalone: boolean;
  model: string;
}

export function platformOf(around: Surroundings): Platform {
  if (/iPhone|iPad|iPod/.test(around.agent)) return 'ios';
  // iPadOS calls itself a Mac; no Mac has a touch screen.
  if (around.platform === 'MacIntel' && around.touchPoints > 1) return 'ios';
  if (/Android/.test(around.agent)) return 'android';
  return 'desktop';
}

/**
 * mustInstall: on iOS a page in the browser and the installed app keep separate
 * storage. A key made in the page would stay behind there (docs/spec/enrolment.md).
 */
export function mustInstall(around: Surroundings): boolean {
  return platformOf(around) === 'ios' && !around.standalone;
}

/** nameOf suggests what to call this device; the person can change it. */
export function nameOf(around: Surroundings): string {
  const { agent } = around;
  if (around.model !== '') return around.model.slice(0, 64);
  if (/iPhone/.test(agent)) return 'iPhone';
  if (platformOf(around) === 'ios') return 'iPad';
  const device = /Android [^;)]*; ([^;)]+)/.exec(agent)?.[1]?.trim();
  // Chrome tells "K" instead of the model unless it is asked.
  if (device !== undefined && !/^(K|Mobile|Tablet)$/.test(device)) return device.slice(0, 64);
  if (/Android/.test(agent)) return 'Android phone';
  const browser = /Firefox\//.test(agent)
    ? 'Firefox'
    : /Edg\//.test(agent)
      ? 'Edge'
      : /Chrome\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : 'Browser';
  const system = /Windows/.test(agent)
    ? 'Windows'
    : /Mac OS X/.test(agent)
      ? 'Mac'
      : /CrOS/.test(agent)
        ? 'ChromeOS'
        : 'Linux';
  return `${browser} on ${system}`;
}

interface NavigatorMore {
  standalone?: boolean;
  userAgentData?: { getHighEntropyValues(hints: string[]): Promise<{ model?: string }> };
}

/** look asks the browser; the model is asked for because "Pixel 9" is a name, "Android" is not. */
export async function look(): Promise<Surroundings> {
  const more = navigator as NavigatorMore;
  let model = '';
  try {
    model = (await more.userAgentData?.getHighEntropyValues(['model']))?.model ?? '';
  } catch {
    // A browser that will not tell is asked nothing more.
  }
  return {
    agent: navigator.userAgent,
    platform: navigator.platform,
    touchPoints: navigator.maxTouchPoints,
    standalone:
      more.standalone === true ||
      matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches,
    model,
  };
}
