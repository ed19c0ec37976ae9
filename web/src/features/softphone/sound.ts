/** Microphone, speaker and volume as chosen in this browser, and the ring tone. */

export interface SoundChoice {
  /** Device ids of the browser; empty: the system's. */
  microphone: string;
  speaker: string;
  /** 0 to 1. */
  volume: number;
}

const KEY = "softphone-sound";
const DEFAULT: SoundChoice = { microphone: "", speaker: "", volume: 1 };

export function readChoice(): SoundChoice {
  try {
    return { ...DEFAULT, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return DEFAULT;
  }
}

export function keepChoice(choice: SoundChoice): void {
  localStorage.setItem(KEY, JSON.stringify(choice));
}

export type MicrophoneFault = "blocked" | "missing" | "insecure";

/** @throws MicrophoneProblem */
export async function openMicrophone(choice: SoundChoice): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new MicrophoneProblem("insecure");
  try {
    return (await openChosen(choice)) ?? (await navigator.mediaDevices.getUserMedia({ audio: true }));
  } catch (error) {
    throw new MicrophoneProblem(isBlocked(error) ? "blocked" : "missing");
  }
}

/** The chosen one; null: none was chosen, or it is unplugged. (Of an `ideal` one Chromium makes the system's.) */
async function openChosen({ microphone }: SoundChoice): Promise<MediaStream | null> {
  if (!microphone) return null;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { deviceId: { exact: microphone } } });
  } catch (error) {
    if (isBlocked(error)) throw error;
    return null;
  }
}

const isBlocked = (error: unknown) => error instanceof DOMException && error.name === "NotAllowedError";

/** Why there is no microphone. */
export class MicrophoneProblem extends Error {
  constructor(readonly fault: MicrophoneFault) {
    super(fault);
  }
}

/** Plays what the other side says. */
export function play(stream: MediaStream, choice: SoundChoice): HTMLAudioElement {
  const element = new Audio();
  element.srcObject = stream;
  adjust(element, choice);
  element.play().catch(() => undefined); // browsers allow it after the first click on the page
  return element;
}

export function adjust(element: HTMLAudioElement, choice: SoundChoice): void {
  element.volume = choice.volume;
  if ("setSinkId" in element) element.setSinkId(choice.speaker).catch(() => undefined); // unplugged
}

const RING_HZ = [440, 480]; // as North American phones ring back
const RING_S = 1.6;
const PERIOD_MS = 4000;

/**
 * Rings until the returned function is called.
 * @param quiet one short beep each time, for a call that waits while one talks.
 */
export function ring(choice: SoundChoice, quiet: boolean): () => void {
  const context = new AudioContext();
  const tone = () => {
    const loudness = context.createGain();
    loudness.gain.value = (quiet ? 0.05 : 0.15) * choice.volume;
    loudness.connect(context.destination);
    for (const hz of RING_HZ) {
      const oscillator = context.createOscillator();
      oscillator.frequency.value = hz;
      oscillator.connect(loudness);
      oscillator.start();
      oscillator.stop(context.currentTime + (quiet ? 0.2 : RING_S));
    }
  };
  tone();
  const timer = setInterval(tone, PERIOD_MS);
  return () => {
    clearInterval(timer);
    context.close();
  };
}
