// @vitest-environment jsdom
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { WordsInput } from "./fields";

it("takes a word that is typed without Enter when the field is left", () => {
  const onChange = vi.fn();
  const onTyping = vi.fn();
  render(<WordsInput label="Tags" wrong={false} value={["old"]} onChange={onChange} onTyping={onTyping} />);
  const input = screen.getByRole("combobox", { name: "Tags" });
  input.focus();
  fireEvent.change(input, { target: { value: " Angry " } });
  expect(onTyping).toHaveBeenLastCalledWith(true);
  fireEvent.blur(input);
  expect(onChange).toHaveBeenLastCalledWith(["old", "angry"]);
  expect(onTyping).toHaveBeenLastCalledWith(false);
});
