import { expect, test } from "vitest";
import { dialable } from "./number";

test.each([
  ["+1 (202) 555-0142", "+12025550142"],
  ["201", "201"],
  ["*43", "*43"],
  [" +49 30/123 456 ", "+4930123456"],
  ["sip:evil@example.com;x=1", ""],
  ["Wilma 2", ""],
  ["آدا 2", ""],
  ["", ""],
])("%s is dialled as %s", (typed, dialled) => {
  expect(dialable(typed)).toBe(dialled);
});
