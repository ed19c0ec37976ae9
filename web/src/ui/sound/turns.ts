import type { Schemas } from "@/api/client";

export type Word = Schemas["Word"];

/** What one side says until the other speaks or a pause comes. */
export interface Turn {
  channel: number;
  startS: number;
  endS: number;
  /** Index of its first word among all, for telling which word is spoken now. */
  first: number;
  words: Word[];
}

const PAUSE_S = 2;

/** Words in order of time, by who speaks. */
export function turnsOf(words: Word[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, word] of [...words].sort((a, b) => a.start_s - b.start_s).entries()) {
    const last = turns.at(-1);
    if (last && last.channel === word.channel && word.start_s - last.endS < PAUSE_S) {
      last.words.push(word);
      last.endS = word.end_s;
    } else {
      turns.push({ channel: word.channel, startS: word.start_s, endS: word.end_s, first: index, words: [word] });
    }
  }
  return turns;
}

/** The turn and the word in it that are spoken at this moment; null before the first. */
export function spokenAt(turns: Turn[], time: number): { turn: number; word: number } | null {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((turns[middle]?.startS ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  const turn = turns[low - 1];
  if (!turn) return null;
  return { turn: low - 1, word: turn.words.findLastIndex(({ start_s }) => start_s <= time) };
}
