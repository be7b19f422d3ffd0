import type { Part, StoredReport } from '../model/index.ts';
import type { Uploads } from './call-watch.ts';

/** The reports of a server, as far as they are looked at here. */
export interface ReportList {
  /** Oldest first. */
  list(session: string | null): readonly StoredReport[];
  zip(report: StoredReport): Promise<Part['zip']>;
}

/** Uploads of many exchanges that are over: the reports are looked through once. */
export function uploadsByExchange(reports: ReportList): Uploads {
  let byExchange: Map<string, StoredReport[]> | null = null;
  return {
    of({ id }) {
      byExchange ??= groupedByExchange(partsOnly(reports.list(null)));
      return byExchange.get(id) ?? [];
    },
    zip: (report) => reports.zip(report),
  };
}

/** Uploads of exchanges as they come. */
export function latestUploads(reports: ReportList): Uploads {
  return {
    of: ({ id, session }) => partsOnly(reports.list(session)).filter(({ exchange }) => exchange === id),
    zip: (report) => reports.zip(report),
  };
}

function groupedByExchange(reports: readonly StoredReport[]): Map<string, StoredReport[]> {
  const groups = new Map<string, StoredReport[]>();
  for (const report of reports) {
    const group = groups.get(report.exchange);
    if (group) group.push(report);
    else groups.set(report.exchange, [report]);
  }
  return groups;
}

function partsOnly(reports: readonly StoredReport[]): readonly StoredReport[] {
  return reports.filter(({ part }) => part !== null);
}
