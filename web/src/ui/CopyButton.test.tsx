// @vitest-environment jsdom
// jsdom, like every browser on a page without https, has no `navigator.clipboard`.
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { CopyButton } from "./CopyButton";
import { DialogsProvider } from "./dialogs";

it("shows what could not be copied", async () => {
  render(<CopyButton value="s3cret" label="Password" />, { wrapper: DialogsProvider });
  fireEvent.click(screen.getByRole("button", { name: "Copy: Password" }));
  expect((await screen.findByRole("alert")).textContent).toContain("s3cret");
  expect(screen.queryByRole("button", { name: "Copied" })).toBeNull();
});
