// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { useTyped } from "./useTyped";

const keep = vi.fn();
const field = () => renderHook(({ kept }) => useTyped(kept, keep), { initialProps: { kept: "" } });

beforeEach(() => {
  vi.useFakeTimers();
  keep.mockClear();
});

it("keeps what is typed after a pause, once", () => {
  const { result, rerender } = field();
  for (const typed of ["a", "an", "ann"]) {
    act(() => result.current[1](typed));
    rerender({ kept: "" }); // as a page that lives does all the time
    vi.advanceTimersByTime(200);
  }
  vi.advanceTimersByTime(300);
  expect(keep.mock.calls).toEqual([["ann"]]);
});

it("follows what others put there, such as nothing", () => {
  const { result, rerender } = field();
  act(() => result.current[1]("ann"));
  rerender({ kept: "ann" });
  rerender({ kept: "" });
  vi.advanceTimersByTime(1000);
  expect(result.current[0]).toBe("");
  expect(keep).not.toHaveBeenCalled();
});

it("leaves newer letters as they are when older ones arrive late", () => {
  const { result, rerender } = field();
  act(() => result.current[1]("ann"));
  rerender({ kept: "an" });
  expect(result.current[0]).toBe("ann");
  vi.advanceTimersByTime(300);
  expect(keep).toHaveBeenLastCalledWith("ann");
});
