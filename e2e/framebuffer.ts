// Reads what Xvfb shows. WebKitGTK's driver does not answer a screenshot under
// Xvfb (2.50), so the picture is taken where the pixels end up: in the X Window
// Dump file that `Xvfb -fbdir` keeps.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The pixels of an area of the screen, three bytes each, row by row. */
export async function readPixels(folder: string, area: Area): Promise<Buffer> {
  const dump = await readFile(join(folder, 'Xvfb_screen0'));
  // X11's XWDFile.h: 25 words of 32 bits, the most significant byte first.
  const word = (at: number): number => dump.readUInt32BE(4 * at);
  const [headerBytes, bitsPerPixel, rowBytes, colours] = [word(0), word(11), word(12), word(19)];
  if (bitsPerPixel !== 32) throw new Error(`Xvfb draws with ${String(bitsPerPixel)} bits`);
  const pixels = headerBytes + 12 * colours;
  const out = Buffer.alloc(3 * area.width * area.height);
  for (let y = 0, to = 0; y < area.height; y++) {
    let from = pixels + (area.top + y) * rowBytes + 4 * area.left;
    for (let x = 0; x < area.width; x++, from += 4, to += 3) {
      // Little-endian 0x00RRGGBB.
      out[to] = dump.readUInt8(from + 2);
      out[to + 1] = dump.readUInt8(from + 1);
      out[to + 2] = dump.readUInt8(from);
    }
  }
  return out;
}

/** Spells pixels as PNG (ISO/IEC 15948): eight bits, three colours, no filter. */
export function png(pixels: Buffer, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc((3 * width + 1) * height);
  for (let y = 0; y < height; y++) {
    pixels.copy(rows, (3 * width + 1) * y + 1, 3 * width * y, 3 * width * (y + 1));
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8 + typed.length);
  frame.writeUInt32BE(content.length, 0);
  typed.copy(frame, 4);
  frame.writeUInt32BE(crc32(typed), 4 + typed.length);
  return frame;
}
