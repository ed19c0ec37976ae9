// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import type { ChangeEvent } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { useTyped } from "./useTyped";

const keep = vi.fn();
const letters = (value: string) => ({ target: { value } }) as ChangeEvent<HTMLInputElement>;
const field = () => renderHook(({ kept }) => useTyped(kept, keep), { initialProps: { kept: "" } });

beforeEach(() => {
  vi.useFakeTimers();
  keep.mockClear();
});

it("keeps what is typed after a pause, once", () => {
  const { result, rerender } = field();
  for (const typed of ["a", "an", "ann"]) {
    act(() => result.current.onChange(letters(typed)));
    rerender({ kept: "" }); // as a page that lives does all the time
    vi.advanceTimersByTime(200);
  }
  vi.advanceTimersByTime(300);
  expect(keep.mock.calls).toEqual([["ann"]]);
});

it("follows what others put there, such as nothing", () => {
  const { result, rerender } = field();
  act(() => result.current.onChange(letters("ann")));
  rerender({ kept: "ann" });
  rerender({ kept: "" });
  vi.advanceTimersByTime(1000);
  expect(result.current.value).toBe("");
  expect(keep).not.toHaveBeenCalled();
});

it("leaves newer letters as they are when older ones arrive late", () => {
  const { result, rerender } = field();
  act(() => result.current.onChange(letters("ann")));
  rerender({ kept: "an" });
  expect(result.current.value).toBe("ann");
  vi.advanceTimersByTime(300);
  expect(keep).toHaveBeenLastCalledWith("ann");
});

it("keeps it at once when the field is left, and no more later", () => {
  const { result, rerender } = field();
  act(() => result.current.onChange(letters("ann")));
  act(() => result.current.onBlur());
  expect(keep.mock.calls).toEqual([["ann"]]);
  rerender({ kept: "ann" });
  act(() => result.current.onBlur());
  vi.advanceTimersByTime(1000);
  expect(keep).toHaveBeenCalledTimes(1);
});
