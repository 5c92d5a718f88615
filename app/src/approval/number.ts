// The number a person types from the page.

// The first of ten digits in scripts that phones' keyboards type.
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10];

/** digitsOf keeps the digits of what was typed or pasted, in the form the page has them. */
export function digitsOf(typed: string, most: number): string {
  let digits = '';
  for (const letter of typed) {
    const point = letter.codePointAt(0) ?? 0;
    const zero = [0x30, ...zeros].find((first) => point >= first && point < first + 10);
    if (zero !== undefined) digits += String(point - zero);
    if (digits.length === most) break;
  }
  return digits;
}

/** secondsLeft counts down to the instant from which a decision is refused (check B12). */
export function secondsLeft(notAfter: number, now: number): number {
  return Math.max(0, Math.ceil((notAfter - now) / 1000));
}

/** clockFace spells seconds as the page does: 0:52. */
export function clockFace(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${String(minutes)}:${String(seconds % 60).padStart(2, '0')}`;
}
