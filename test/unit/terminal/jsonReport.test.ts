import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { ReportSchema } from "../../../extension/protocol/report.ts";
import { RetainersReportSchema } from "../../../extension/protocol/retainersReport.ts";
import { SummaryReportSchema } from "../../../extension/protocol/summaryReport.ts";
import { formatJson } from "../../../extension/views/terminal/report/jsonReport.ts";
import { classRetainersReport, retainersReport, summaryReport } from "../../build/heapReports.ts";
import * as reports from "../../build/reports.ts";

const { batchReport, blockedLook, blockedReport, fileReport, hostileReport } = reports;
const { nativeLook, ordinaryReport, selfRetainedReport, starvedReport } = reports;
const all = [
  batchReport,
  blockedLook,
  blockedReport,
  fileReport,
  hostileReport,
  nativeLook,
  ordinaryReport,
  selfRetainedReport,
  starvedReport,
];

test("every report is valid by the published schema", () => {
  const validate = new Ajv({ allErrors: true }).compile(ReportSchema);
  for (const report of all) {
    validate(JSON.parse(formatJson(report)));
    expect(validate.errors).toBeNull();
  }
});

test("the schema refuses what is not a report", () => {
  const validate = new Ajv().compile(ReportSchema);
  expect(validate({ ...blockedReport, schemaVersion: 2 })).toBe(false);
  expect(validate({ ...blockedReport, more: 1 })).toBe(false);
});

test.each([
  ["summary", SummaryReportSchema, [summaryReport()]],
  ["retainers", RetainersReportSchema, [retainersReport(), classRetainersReport()]],
] as const)(
  "every document of %s is valid by its schema, and no other is",
  (_, schema, documents) => {
    const validate = new Ajv({ allErrors: true }).compile(schema);
    for (const document of documents) {
      validate(JSON.parse(formatJson(document)));
      expect(validate.errors).toBeNull();
      expect(validate({ ...document, more: 1 })).toBe(false);
    }
  },
);

test("the document is the report, escaped so that a terminal can show it", () => {
  const text = formatJson(hostileReport);
  expect(JSON.parse(text)).toEqual(hostileReport);
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  expect(text.endsWith("\n}\n")).toBe(true);
});
