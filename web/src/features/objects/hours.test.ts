import { expect, it } from "vitest";
import { faultOf, type OpeningSpan, spansOf, weekOf } from "./hours";

it("spans become days and days become spans again", () => {
  const spans: OpeningSpan[] = [
    { days: ["mon", "tue"], start: "09:00:00", end: "12:00:00" },
    { days: ["mon", "tue"], start: "13:00:00", end: "17:30:00" },
    { days: ["sat"], start: "00:00:00", end: "00:00:00" },
  ];
  const week = weekOf(spans);
  expect(week.mon).toEqual([
    { start: "09:00", end: "12:00" },
    { start: "13:00", end: "17:30" },
  ]);
  expect(week.sun).toEqual([]);
  expect(spansOf(week)).toEqual([
    { days: ["mon", "tue"], start: "09:00", end: "12:00" },
    { days: ["mon", "tue"], start: "13:00", end: "17:30" },
    { days: ["sat"], start: "00:00", end: "00:00" },
  ]);
});

it.each([
  [[{ start: "09:00", end: "17:00" }], undefined],
  [[{ start: "18:00", end: "00:00" }], undefined],
  [[{ start: "09:00", end: "" }], "Fill in both times."],
  [[{ start: "22:00", end: "06:00" }], "Hours end after they start; write a night as two days."],
  [
    [
      { start: "13:00", end: "17:00" },
      { start: "09:00", end: "14:00" },
    ],
    "These hours overlap.",
  ],
  [
    [
      { start: "18:00", end: "00:00" },
      { start: "20:00", end: "22:00" },
    ],
    "These hours overlap.",
  ],
])("%o: %s", (hours, fault) => {
  expect(faultOf(hours)).toBe(fault);
});
