// Server-sent events (WHATWG HTML §9.2.6) from a stream read by fetch: an
// EventSource cannot carry a signature.

export interface ServerEvent {
  name: string;
  text: string;
}

// A server that never ends a line must not fill the phone's memory.
const longestEvent = 256 * 1024;

export class EventReader {
  #rest = '';
  #afterReturn = false;
  #name = '';
  #lines: string[] = [];
  #size = 0;

  /** feed takes the next piece of the stream and returns the events it completed. */
  feed(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    for (const line of this.#linesOf(piece)) {
      if (line === '') {
        const event = this.#end();
        if (event !== null) events.push(event);
      } else {
        this.#take(line);
      }
    }
    return events;
  }

  /** Lines end in LF, CR LF or CR; a CR at the end of a piece may have its LF in the next. */
  #linesOf(piece: string): string[] {
    let fresh = piece;
    if (this.#afterReturn && fresh.startsWith('\n')) fresh = fresh.slice(1);
    if (piece !== '') this.#afterReturn = piece.endsWith('\r');
    const lines = (this.#rest + fresh).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length + this.#size > longestEvent) throw new RangeError('event is too long');
    return lines;
  }

  #take(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment: keep-alive
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'event') this.#name = value;
    if (field === 'data') {
      this.#size += value.length;
      this.#lines.push(value);
    }
  }

  #end(): ServerEvent | null {
    const event = {
      name: this.#name === '' ? 'message' : this.#name,
      text: this.#lines.join('\n'),
    };
    const empty = this.#lines.length === 0;
    this.#name = '';
    this.#lines = [];
    this.#size = 0;
    return empty ? null : event;
  }
}
