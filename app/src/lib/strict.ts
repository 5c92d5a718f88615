// Reading what came from outside, member by member. A reader either returns
// exactly what it promises or throws Malformed with the path of the member.

export class Malformed extends Error {
  override name = 'Malformed';
}

export type Reader<T> = (value: unknown, path: string) => T;
type Readers<T> = { [Member in keyof T]: Reader<T[Member]> };

export function text(longest: number, shortest = 0): Reader<string> {
  return (value, path) => {
    if (typeof value !== 'string') throw new Malformed(`${path} is not text`);
    if (value.length < shortest || value.length > longest) {
      throw new Malformed(`${path} has ${String(value.length)} characters`);
    }
    return value;
  };
}

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      throw new Malformed(`${path} is not an integer`);
    }
    if (value < least || value > most) throw new Malformed(`${path} is out of range`);
    return value;
  };
}

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new Malformed(`${path} is not true or false`);
  return value;
};

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new Malformed(`${path} is not one of ${allowed.join(', ')}`);
    return found;
  };
}

export function matching(pattern: RegExp): Reader<string> {
  return (value, path) => {
    if (typeof value !== 'string' || !pattern.test(value)) {
      throw new Malformed(`${path} has another form`);
    }
    return value;
  };
}

export function list<T>(one: Reader<T>, most: number): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new Malformed(`${path} is not a list`);
    if (value.length > most) throw new Malformed(`${path} is too long`);
    return value.map((member: unknown, place) => one(member, `${path}[${String(place)}]`));
  };
}

/** answer reads the members it knows and leaves others alone: a newer server may say more. */
export function answer<T>(members: Readers<T>): Reader<T> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Malformed(`${path} is not an object`);
    }
    const given = value as Record<string, unknown>;
    const read: Partial<T> = {};
    for (const member in members) {
      read[member] = members[member](given[member], `${path}.${member}`);
    }
    return read as T;
  };
}

/** exactly refuses members it does not know: for what is signed, all must be shown. */
export function exactly<T>(members: Readers<T>): Reader<T> {
  const known = answer(members);
  return (value, path) => {
    const read = known(value, path);
    for (const member of Object.keys(value as object)) {
      if (!Object.hasOwn(members, member)) throw new Malformed(`${path}.${member} is unknown`);
    }
    return read;
  };
}

/** parse reads one JSON value; JSON.parse refuses bytes after it. */
export function parse<T>(json: string, reader: Reader<T>, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (fault) {
    throw new Malformed(`${path} is not JSON`, { cause: fault });
  }
  return reader(value, path);
}
