import { describe, expect, test } from 'vitest';
import { mustInstall, nameOf, platformOf, type Surroundings } from './platform';

const blank: Surroundings = {
  agent: '',
  platform: '',
  touchPoints: 0,
  standalone: false,
  model: '',
};
const iphone = {
  ...blank,
  agent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  platform: 'iPhone',
  touchPoints: 5,
};
const ipad = {
  ...blank,
  agent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  platform: 'MacIntel',
  touchPoints: 5,
};
const mac = { ...ipad, touchPoints: 0 };
const pixel = {
  ...blank,
  agent:
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  platform: 'Linux armv81',
  touchPoints: 5,
  model: 'Pixel 9',
};
const fennec = {
  ...blank,
  agent: 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
  touchPoints: 5,
};

describe('platform', () => {
  test.each([
    ['an iPhone', iphone, 'ios', 'iPhone'],
    ['an iPad that calls itself a Mac', ipad, 'ios', 'iPad'],
    ['a Mac', mac, 'desktop', 'Safari on Mac'],
    ['a Pixel', pixel, 'android', 'Pixel 9'],
    ['Firefox on Android', fennec, 'android', 'Android phone'],
  ] as const)('%s', (_claim, around, platform, name) => {
    expect(platformOf(around)).toBe(platform);
    expect(nameOf(around)).toBe(name);
  });

  test('only iOS outside the installed app must install first', () => {
    expect(mustInstall(iphone)).toBe(true);
    expect(mustInstall(ipad)).toBe(true);
    expect(mustInstall({ ...iphone, standalone: true })).toBe(false);
    expect(mustInstall(pixel)).toBe(false);
    expect(mustInstall(mac)).toBe(false);
  });
});
