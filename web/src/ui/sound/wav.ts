/** Sound as a WAV file: what the API takes, unlike the browser's own recordings. */
const HEADER = 44;

/** 16-bit mono WAV of samples between -1 and 1. */
export function wavOf(samples: Float32Array, rate: number): ArrayBuffer {
  const file = new DataView(new ArrayBuffer(HEADER + samples.length * 2));
  const word = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) file.setUint8(at + i, text.charCodeAt(i));
  };
  word(0, "RIFF");
  file.setUint32(4, 36 + samples.length * 2, true);
  word(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rate, true);
  file.setUint32(28, rate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  word(36, "data");
  file.setUint32(40, samples.length * 2, true);
  for (let i = 0; i < samples.length; i++) {
    const sample = Math.max(-1, Math.min(1, samples[i] ?? 0));
    file.setInt16(HEADER + i * 2, Math.round(sample * 32767), true);
  }
  return file.buffer;
}

const RATE = 16_000;

/** What the browser recorded, as 16 kHz WAV. Throws when the browser can't read it. */
export async function toWav(recorded: Blob): Promise<Blob> {
  const context = new AudioContext();
  try {
    const heard = await context.decodeAudioData(await recorded.arrayBuffer());
    const length = Math.max(1, Math.ceil(heard.duration * RATE));
    const offline = new OfflineAudioContext(1, length, RATE);
    const source = offline.createBufferSource();
    source.buffer = heard;
    source.connect(offline.destination);
    source.start();
    const samples = (await offline.startRendering()).getChannelData(0);
    return new Blob([wavOf(samples, RATE)], { type: "audio/wav" });
  } finally {
    await context.close();
  }
}
