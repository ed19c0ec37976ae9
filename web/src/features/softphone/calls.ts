/** What the softphone knows and tells. */
import type { Quality } from "./quality";
import type { MicrophoneProblem } from "./sound";

export type Registration = "connecting" | "registered" | "unreachable" | "refused" | "other-tab" | "insecure";

export interface PhoneCall {
  id: string;
  incoming: boolean;
  number: string;
  name: string;
  state: "dialing" | "ringing" | "talking" | "held";
  muted: boolean;
  answeredAt: number | null;
  quality: Quality | null;
}

export interface PhoneState {
  registration: Registration;
  calls: readonly PhoneCall[];
}

/** What the person must be told. */
export interface PhoneListener {
  microphone(problem: MicrophoneProblem): void;
  failed(cause: string): void;
  transferred(ok: boolean): void;
}
