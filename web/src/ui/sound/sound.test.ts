import { describe, expect, it } from "vitest";
import { afterSilence, silences } from "./silence";
import { spokenAt, turnsOf, type Word } from "./turns";
import { wavOf } from "./wav";

const said = (word: string, start_s: number, channel = 0): Word => ({
  word,
  start_s,
  end_s: start_s + 0.4,
  confidence: 1,
  channel,
});

describe("silences", () => {
  const loud = (points: number) => Array<number>(points).fill(50);
  const quiet = (points: number) => Array<number>(points).fill(1);

  it("finds what is quiet on both sides for over a second", () => {
    const caller = [...loud(10), ...quiet(40), ...loud(10)];
    const desk = [...quiet(30), ...quiet(20), ...loud(10)];
    expect(silences([caller, desk], 0.1)).toEqual([{ from: 1.25, to: 4.75 }]);
  });

  it("leaves short pauses and one side's silence alone", () => {
    expect(silences([[...loud(10), ...quiet(9), ...loud(10)]], 0.1)).toEqual([]);
    expect(silences([quiet(60), loud(60)], 0.1)).toEqual([]);
    expect(silences([], 0.1)).toEqual([]);
  });

  it("jumps behind silence and nowhere else", () => {
    const spans = [{ from: 1, to: 4 }];
    expect([0.5, 1, 3, 4, 5].map((time) => afterSilence(time, spans))).toEqual([0.5, 4, 4, 4, 5]);
  });
});

describe("turns", () => {
  const turns = turnsOf([said("hi", 3, 1), said("hello", 1), said("there", 1.5), said("late", 9, 1)]);

  it("goes by time, by side and by pause", () => {
    expect(turns.map(({ channel, words }) => [channel, words.map(({ word }) => word).join(" ")])).toEqual([
      [0, "hello there"],
      [1, "hi"],
      [1, "late"],
    ]);
    expect(turns.map(({ first }) => first)).toEqual([0, 2, 3]);
  });

  it("knows the word that is spoken", () => {
    expect(spokenAt(turns, 0.5)).toBeNull();
    expect(spokenAt(turns, 1.6)).toEqual({ turn: 0, word: 1 });
    expect(spokenAt(turns, 5)).toEqual({ turn: 1, word: 0 });
    expect(spokenAt([], 5)).toBeNull();
  });
});

describe("wav", () => {
  it("writes a header and clipped samples", () => {
    const file = new DataView(wavOf(Float32Array.of(0, 1, -2), 16_000));
    const text = (at: number) => String.fromCharCode(...[0, 1, 2, 3].map((i) => file.getUint8(at + i)));
    expect([text(0), text(8), text(36)]).toEqual(["RIFF", "WAVE", "data"]);
    expect([file.getUint32(24, true), file.getUint32(40, true), file.byteLength]).toEqual([16_000, 6, 50]);
    expect([44, 46, 48].map((at) => file.getInt16(at, true))).toEqual([0, 32767, -32767]);
  });
});
