// @vitest-environment jsdom
import TextField from "@mui/material/TextField";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Autocomplete } from "./Autocomplete";

afterEach(cleanup);

it("keeps what is highlighted when the page is drawn again, whenever other suggestions came", () => {
  const chosen = vi.fn();
  const field = (options: string[]) => (
    <Autocomplete
      open
      options={options}
      filterOptions={(found) => found}
      onChange={(_, one) => chosen(one)}
      renderInput={(params) => <TextField {...params} label="Whom" />}
    />
  );
  const { rerender } = render(field(["Ann"]));
  const input = screen.getByRole("combobox");
  input.focus();
  rerender(field(["Bob", "Cora"])); // what the API found
  fireEvent.keyDown(input, { key: "ArrowDown" });
  rerender(field(["Bob", "Cora"])); // something else on the page changed
  fireEvent.keyDown(input, { key: "Enter" });
  expect(chosen).toHaveBeenCalledWith("Bob");
});
