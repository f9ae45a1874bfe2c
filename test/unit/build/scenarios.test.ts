import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { allScenarios } from "../../build/allScenarios.ts";
import { healthyProgramFile, healthyPrograms } from "../../build/healthyPrograms.ts";
import {
  type MarkedLine,
  markedLines,
  type Scenario,
  scenarioFile,
  scenariosFolder,
} from "../../build/scenario.ts";

const scenarios: [string, Scenario][] = Object.entries(allScenarios);

test("every scenario on disk is in the list", () => {
  const folders = readdirSync(scenariosFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(Object.keys(allScenarios)).toEqual(folders.sort());
});

test.each(scenarios)("%s: its programs are there, with their marked lines", (name, { runs }) => {
  const marks = runs.flatMap(({ expected }) =>
    expected.flatMap(({ callback, culprit, registeredAt = [] }) => [
      callback,
      culprit,
      ...registeredAt,
    ]),
  );
  const files = runs.filter((run) => !run.built).map((run) => scenarioFile(name, run.file));

  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  const isMark = (mark: MarkedLine | undefined): mark is MarkedLine => mark !== undefined;
  expect(marks.filter(isMark).filter((mark) => markedLines(name, mark).length === 0)).toEqual([]);
});

test("every healthy program is there, ten at least", () => {
  expect(healthyPrograms.filter((program) => !existsSync(healthyProgramFile(program)))).toEqual([]);
  expect(healthyPrograms.length).toBeGreaterThanOrEqual(10);
});
