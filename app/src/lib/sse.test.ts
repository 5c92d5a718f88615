import { describe, expect, test } from 'vitest';
import { EventReader, type ServerEvent } from './sse';

const stream =
  ': keep-alive\n\nevent: requests\ndata: {"requests":[]}\n\nevent: device\r\ndata: a\r\ndata: b\r\n\r\nevent: lonely\n\ndata:x\rdata\r\r';
const events: ServerEvent[] = [
  { name: 'requests', text: '{"requests":[]}' },
  { name: 'device', text: 'a\nb' },
  { name: 'message', text: 'x\n' },
];

describe('server-sent events', () => {
  test('are read whole', () => {
    expect(new EventReader().feed(stream)).toEqual(events);
  });

  test('are the same wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new EventReader();
      const got = [...reader.feed(stream.slice(0, cut)), ...reader.feed(stream.slice(cut))];
      expect(got, `cut at ${String(cut)}`).toEqual(events);
    }
  });

  test('are the same when every character comes alone', () => {
    const reader = new EventReader();
    expect([...stream].flatMap((character) => reader.feed(character))).toEqual(events);
  });

  test('an event without an end is not told', () => {
    expect(new EventReader().feed('event: requests\ndata: {"requests":[]}\n')).toEqual([]);
  });

  test('a line without end is refused before it fills the memory', () => {
    const reader = new EventReader();
    expect(() => {
      for (let piece = 0; piece < 10; piece++) reader.feed('data: ' + 'x'.repeat(64 * 1024));
    }).toThrow(RangeError);
  });
});
