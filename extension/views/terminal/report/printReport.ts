import type { Report } from "../../../protocol/report.ts";
import type { Session } from "../session.ts";
import { formatJson } from "./jsonReport.ts";
import { textReport } from "./textReport.ts";

/** Prints the result of a command, as text or as the one JSON document. */
export async function printReport(report: Report, session: Session, all: boolean): Promise<void> {
  const text = session.options.json ? formatJson(report) : textReport(report, session.page(all));
  await session.print(text);
}
