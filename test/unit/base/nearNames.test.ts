import { expect, test } from "vitest";
import { nearNames } from "../../../extension/base/nearNames.ts";

const names = ["Session", "SessionStore", "Socket", "(string)", "Row", "row", "{name, size}"];

test("names that contain what was written come first, capital or not, then those a few letters away", () => {
  expect(nearNames("session", names)).toEqual(["Session", "SessionStore"]);
  expect(nearNames("Sesion", names)).toEqual(["Session"]);
  expect(nearNames("Soket", names)).toEqual(["Socket"]);
  expect(nearNames("string", names)).toEqual(["(string)"]);
  expect(nearNames("ROW", names)).toEqual(["Row", "row"]);
  expect(nearNames("MySocket", names)).toEqual(["Socket"]);
});

test("nothing near is no name, and many are five", () => {
  expect(nearNames("Zebra", names)).toEqual([]);
  const many = Array.from({ length: 100 }, (_, number) => `Row${number}`);
  expect(nearNames("Row", many)).toEqual(["Row0", "Row1", "Row2", "Row3", "Row4"]);
});
