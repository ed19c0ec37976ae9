import { expect, test } from "vitest";
import { dialable } from "./number";

test.each([
  ["+1 (202) 555-0142", "+12025550142"],
  ["201", "201"],
  ["*43", "*43"],
  [" +49 30/123 456 ", "+4930123456"],
  ["tel:+1-202-555-0142", "+12025550142"],
  ["Tel. 030 123456", "030123456"],
  ["TEL 030 123456", "030123456"],
  ["Tel Aviv 2", ""],
  ["(202) 555-0142 ext. 5", "2025550142"],
  ["tel:+12025550142;ext=5", "+12025550142"],
  ["+12025550142, Ext 5 ", "+12025550142"],
  ["ext. 5", ""],
  ["Next 5", ""],
  ["Hotel: 5", ""],
  ["sip:evil@example.com;x=1", ""],
  ["Wilma 2", ""],
  ["آدا 2", ""],
  ["", ""],
])("%s is dialled as %s", (typed, dialled) => {
  expect(dialable(typed)).toBe(dialled);
});
