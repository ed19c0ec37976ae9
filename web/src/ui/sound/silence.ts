/** Silence in a sound, from how loud it is over time. */
export interface Span {
  from: number;
  to: number;
}

const QUIET = 2; // percent of full scale: hiss of a line, no speech
const SHORTEST_S = 1;
const MARGIN_S = 0.25;

/** Stretches in which no channel says anything for over a second, with a margin left on both sides; seconds. */
export function silences(channels: number[][], pointS: number): Span[] {
  const points = channels[0]?.length ?? 0;
  const found: Span[] = [];
  let begun: number | null = null;
  for (let point = 0; point <= points; point++) {
    const quiet = point < points && channels.every((channel) => (channel[point] ?? 0) <= QUIET);
    if (quiet) {
      begun ??= point;
    } else if (begun !== null) {
      const [from, to] = [begun * pointS, point * pointS];
      if (to - from >= SHORTEST_S) found.push({ from: from + MARGIN_S, to: to - MARGIN_S });
      begun = null;
    }
  }
  return found;
}

/** Where to go on from `time`: behind the silence it lies in, else where it is. */
export function afterSilence(time: number, spans: Span[]): number {
  return spans.find(({ from, to }) => time >= from && time < to - 0.05)?.to ?? time;
}
