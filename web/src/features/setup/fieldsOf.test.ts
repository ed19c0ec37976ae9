import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { fieldsOf } from "./fieldsOf";

test("a message finds its field whatever the object is called", () => {
  const errors = [
    { field: "extensions/Fr.ont / desk.number", message: "must be 2 to 8 digits" },
    { field: "locations.timezone", message: "not a time zone" },
  ];
  const problem = new ApiProblem(422, { title: "", detail: "", hint: "", slug: "import-refused", errors });
  expect(fieldsOf(problem)).toEqual({
    "extensions.number": "must be 2 to 8 digits",
    "locations.timezone": "not a time zone",
  });
});
