/** How well a call is heard, from what the browser counts. */

/** What is counted of the received sound since the call began. */
export interface Counts {
  received: number;
  lost: number;
  jitterMs: number;
  roundTripMs: number;
  /** Loudness of what is heard, 0 to 1. */
  level: number;
}

export interface Quality {
  words: "good" | "fair" | "poor" | "measuring";
  /** Mean opinion score, 1 (bad) to 4.5, by the simplified E-model of ITU-T G.107. */
  mos: number | null;
  lossPercent: number;
  jitterMs: number;
  level: number;
}

const ENOUGH = 50; // packets: one second

/** What happened between two counts. */
export function qualityBetween(before: Counts | null, now: Counts): Quality {
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const base = { jitterMs: now.jitterMs, level: now.level };
  if (received + lost < ENOUGH) return { ...base, words: "measuring", mos: null, lossPercent: 0 };
  const lossPercent = (100 * lost) / (received + lost);
  const mos = meanOpinion(lossPercent, now.jitterMs, now.roundTripMs);
  return { ...base, words: mos >= 4 ? "good" : mos >= 3.3 ? "fair" : "poor", mos, lossPercent };
}

function meanOpinion(lossPercent: number, jitterMs: number, roundTripMs: number): number {
  const delay = roundTripMs / 2 + 2 * jitterMs + 10;
  const r = 93.2 - 0.024 * delay - 0.11 * Math.max(0, delay - 177.3) - 2.5 * lossPercent;
  if (r <= 0) return 1;
  return Math.min(4.5, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** Reads the counts of a connection. */
export async function count(connection: RTCPeerConnection): Promise<Counts> {
  const counts: Counts = { received: 0, lost: 0, jitterMs: 0, roundTripMs: 0, level: 0 };
  for (const report of (await connection.getStats()).values()) {
    if (report.type === "inbound-rtp" && report.kind === "audio") {
      counts.received = report.packetsReceived ?? 0;
      counts.lost = report.packetsLost ?? 0;
      counts.jitterMs = 1000 * (report.jitter ?? 0);
      counts.level = report.audioLevel ?? 0;
    }
    if (report.type === "candidate-pair" && report.nominated)
      counts.roundTripMs = 1000 * (report.currentRoundTripTime ?? 0);
  }
  return counts;
}
