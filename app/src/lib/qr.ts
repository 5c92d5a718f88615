// Reading QR codes from the camera and from pictures. The decoder is loaded
// when the first picture is there: it has no part in showing codes.

// What a camera shows is decoded at most this wide: QR codes that fill the
// square are read well below it, and each frame stays under 10 ms.
const widestFrame = 960;
const widestPicture = 2400;

/** NoPicture: the file is not one that this browser can open as a picture. */
export class NoPicture extends Error {
  override name = 'NoPicture';
}

/** readPicture finds the QR code in a picture; null when there is none. */
export async function readPicture(file: Blob): Promise<string | null> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (fault) {
    throw new NoPicture('not a picture', { cause: fault });
  }
  try {
    // A screenshot's code is often small and sharp, a photograph's large and
    // blurred: the first is lost when shrunk, the second found only then.
    for (const widest of [widestPicture, 1200, 600]) {
      const found = await decode(pixels(bitmap, bitmap.width, bitmap.height, widest));
      if (found !== null) return found;
      if (Math.max(bitmap.width, bitmap.height) <= widest / 2) break;
    }
    return null;
  } finally {
    bitmap.close();
  }
}

/** readFrame looks at one frame of a running video. */
export async function readFrame(video: HTMLVideoElement): Promise<string | null> {
  if (video.videoWidth === 0) return null;
  return decode(pixels(video, video.videoWidth, video.videoHeight, widestFrame));
}

let canvas: HTMLCanvasElement | null = null;

function pixels(
  source: CanvasImageSource,
  width: number,
  height: number,
  widest: number,
): ImageData {
  const scale = Math.min(1, widest / Math.max(width, height));
  canvas ??= document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new NoPicture('no canvas');
  // A transparent picture of black squares would be black on black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function decode(image: ImageData): Promise<string | null> {
  const { decodeQR } = await import('qr/decode.js');
  try {
    return decodeQR(image);
  } catch {
    return null; // the decoder throws for a picture without a code
  }
}

export type CameraFault = 'refused' | 'none' | 'busy' | 'stopped';

/** cameraFault tells why getUserMedia did not give a camera (Media Capture and Streams §10.2). */
export function cameraFault(fault: unknown): CameraFault {
  if (!(fault instanceof DOMException)) return 'none';
  switch (fault.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'none';
  }
}

/** openCamera starts the camera on the back of the phone. */
export async function openCamera(): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new DOMException('no camera here', 'NotFoundError');
  return devices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
}
