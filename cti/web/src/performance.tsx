// Reports: how calls were served and agents were busy, by group and period; charts, a table that sorts, and files for spreadsheets.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Line, StackedColumns } from "./charts.tsx";
import { duration } from "./clock.ts";
import { ProblemLine, Typed } from "./parts.tsx";
import type { AgentView, FigureColumn, Performance, PerformanceRow, Ui } from "./types.ts";
import { queueText, productLine, useSpeech, useWords } from "./words.ts";

const BYS = ["queue", "product_line", "agent", "entry", "all"] as const;
const INTERVALS = ["whole", "15", "30", "60", "day", "week", "month"] as const;
/** Which figures are shown together; one that a report does not have is left out. */
const SHEETS: Record<string, string[]> = {
  calls: ["offered", "calls", "transferred_in", "overflowed_in", "answered", "abandoned", "short_abandons", "abandon_rate", "flowed_out", "waiting"],
  service: [
    "offered",
    "service_level_of_offered",
    "service_level_of_offered_without_short",
    "service_level_of_kept",
    "service_level_of_answered",
    "service_level_of_answered_and_late",
    "service_level_abandons_in_time_count_as_served",
    "asa",
  ],
  times: ["handled", "aht", "talk", "hold", "wrap_up", "ring", "asa"],
  outcome: ["handled", "transfers", "bounces", "first_call_resolution", "self_served", "self_service", "callbacks", "callbacks_kept", "callbacks_broken"],
  agents: ["offers", "missed", "answered", "occupancy", "ready_time", "busy_time", "not_ready_time"],
};
const MOST_COLUMNS = 400; // of a chart

interface Wish {
  since: string;
  until: string;
  zone: string;
  by: (typeof BYS)[number];
  interval: (typeof INTERVALS)[number];
  short_abandons: "counted" | "left_out";
}

const weekOf = (zone: string): Wish => ({ since: "", until: "", zone, by: "queue", interval: "whole", short_abandons: "counted" });
const asQuery = (wish: Wish) => new URLSearchParams(Object.entries(wish).filter(([, value]) => value !== "")).toString();

export function PerformancePage({ ui, agents }: { ui: Ui | null; agents: AgentView[] }) {
  const words = useWords();
  const [wish, setWish] = useState<Wish>(() => weekOf(""));
  const [report, setReport] = useState<Performance | null>(null);
  const [problem, setProblem] = useState<api.Problem | null>(null);
  const [loading, setLoading] = useState(true);
  const query = asQuery(wish);
  useEffect(() => {
    let wanted = true;
    setLoading(true);
    api
      .performance(query)
      .then(
        (found) => {
          if (!wanted) return;
          setReport(found);
          setProblem(null);
        },
        (failure: unknown) => wanted && setProblem(failure instanceof api.Problem ? failure : null),
      )
      .finally(() => wanted && setLoading(false));
    return () => {
      wanted = false;
    };
  }, [query]);
  return (
    <main class="report performance" aria-busy={loading}>
      <Choices wish={wish} report={report} onChange={(change) => setWish((before) => ({ ...before, ...change }))} />
      <ProblemLine problem={problem} />
      {report === null ? <p>{words.loading}</p> : <Found report={report} name={groupNames(report, ui, agents)} query={query} />}
    </main>
  );
}

function groupNames(report: Performance, ui: Ui | null, agents: AgentView[]): (group: string, language: "zh" | "en") => string {
  const names = new Map(agents.map((agent) => [agent.agent, agent.name]));
  return (group, language) => {
    if (report.by === "queue" && ui) return queueText(ui, language, group) || group;
    if (report.by === "product_line" && ui) return productLine(ui, language, group);
    return (report.by === "agent" && names.get(group)) || group;
  };
}

function Choices({ wish, report, onChange: set }: { wish: Wish; report: Performance | null; onChange(change: Partial<Wish>): void }) {
  const words = useWords();
  const day = (name: "since" | "until", label: string) => (
    <label>
      {label}
      <Typed type="date" name={name} value={wish[name] || (report?.[name] ?? "")} onTyped={(typed) => set({ [name]: typed })} />
    </label>
  );
  return (
    <header class="performance-choices">
      <h2>{words.performance}</h2>
      {day("since", words.from)}
      {day("until", words.until)}
      <label>
        {words.groupedBy}
        <select name="by" value={wish.by} onChange={(event) => set({ by: event.currentTarget.value as Wish["by"] })}>
          {BYS.map((by) => (
            <option value={by}>{words.groups[by]}</option>
          ))}
        </select>
      </label>
      <label>
        {words.dividedInto}
        <select name="interval" value={wish.interval} onChange={(event) => set({ interval: event.currentTarget.value as Wish["interval"] })}>
          {INTERVALS.map((interval) => (
            <option value={interval}>{words.intervals[interval]}</option>
          ))}
        </select>
      </label>
      <label>
        {words.timeZone}
        <Typed name="zone" list="zones" placeholder={report?.zone} value={wish.zone} onTyped={(typed) => set({ zone: typed.trim() })} />
        <datalist id="zones">
          {Intl.supportedValuesOf("timeZone").map((zone) => (
            <option value={zone} />
          ))}
        </datalist>
      </label>
      <label class="switch">
        <input
          type="checkbox"
          name="short"
          checked={wish.short_abandons === "counted"}
          onChange={(event) => set({ short_abandons: event.currentTarget.checked ? "counted" : "left_out" })}
        />
        {words.countShort}
      </label>
    </header>
  );
}

type NameOf = (group: string, language: "zh" | "en") => string;

function Found({ report, name, query }: { report: Performance; name: NameOf; query: string }) {
  const words = useWords();
  const [sheet, setSheet] = useState<string | null>(null);
  const columns = (names: string[]) => names.flatMap((wanted) => report.columns.filter((column) => column.name === wanted));
  const sheets = Object.keys(SHEETS).filter((one) => columns(SHEETS[one] ?? []).length > 1);
  const usual = report.by === "agent" ? "agents" : "calls";
  const shown = sheet !== null && sheets.includes(sheet) ? sheet : usual;
  const file = (format: string) => `/api/reports/performance?${query}${query && "&"}format=${format}`;
  return (
    <>
      <p class="performance-facts">
        <span>
          {words.timesIn} <strong>{report.zone}</strong> · {report.since} – {report.until}
        </span>
        <span>
          <a href={file("csv")} download>
            CSV
          </a>{" "}
          ·{" "}
          <a href={file("xlsx")} download>
            Excel
          </a>
        </span>
      </p>
      <Charts report={report} name={name} />
      <div role="group" aria-label={words.figures} class="sheets">
        {sheets.map((one) => (
          <button type="button" class="small" aria-pressed={one === shown} onClick={() => setSheet(one)}>
            {words.sheets[one]}
          </button>
        ))}
      </div>
      <Table key={`${report.by} ${report.interval} ${shown}`} report={report} columns={columns(SHEETS[shown] ?? [])} name={name} />
      <details class="meanings">
        <summary>{words.whatFiguresMean}</summary>
        <p>{words.whenACallCounts}</p>
        <dl>
          {columns(SHEETS[shown] ?? []).map((column) => (
            <div>
              <dt>{words.figureNames[column.name] ?? column.name}</dt>
              <dd>{words.meanings[column.name] ?? column.definition}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function Charts({ report, name }: { report: Performance; name: NameOf }) {
  const { words, language } = useSpeech();
  const isTimed = report.interval !== "whole";
  const rows = isTimed ? report.line : report.rows;
  if (rows.length === 0 || rows.length > MOST_COLUMNS) return null;
  const labels = rows.map((row) => (isTimed ? shortMoment(row, report.interval) : name(row.group, language) || (words.groups.all ?? "")));
  const values = (figure: string) => rows.map((row) => row.figures[figure] ?? 0);
  const part = (figure: string, look: "first" | "second" | "third") => ({ name: words.figureNames[figure] ?? figure, look, values: values(figure) });
  const hours = (figure: string, look: "first" | "second" | "third") => ({ ...part(figure, look), values: values(figure).map((seconds) => seconds / 3600) });
  const isOfAgents = report.by === "agent";
  const level = isOfAgents ? "occupancy" : "service_level_of_offered";
  const share = { title: words.figureNames[level] ?? level, labels, values: rows.map((row) => row.figures[level] ?? null), format: percent, most: 1 };
  return (
    <div class="charts">
      {isOfAgents ? (
        <StackedColumns
          title={words.howTimePassed}
          labels={labels}
          parts={[hours("busy_time", "first"), hours("ready_time", "third"), hours("not_ready_time", "second")]}
          format={(count) => `${count.toFixed(count < 10 ? 1 : 0)} h`}
        />
      ) : (
        <StackedColumns
          title={words.whatBecameOfCalls}
          labels={labels}
          parts={[part("answered", "first"), part("abandoned", "second"), part("flowed_out", "third")]}
          format={(count) => count.toLocaleString("en")}
        />
      )}
      {isTimed ? (
        <Line {...share} />
      ) : (
        <StackedColumns title={share.title} labels={labels} parts={[{ name: share.title, look: "first", values: values(level) }]} format={percent} />
      )}
    </div>
  );
}

interface Order {
  column: string;
  descending: boolean;
}

function Table({ report, columns, name }: { report: Performance; columns: FigureColumn[]; name: NameOf }) {
  const { words, language } = useSpeech();
  const [order, setOrder] = useState<Order | null>(null);
  const isTimed = report.interval !== "whole";
  const isGrouped = report.by !== "all";
  const rows = sorted(report.rows, order, (row) => name(row.group, language));
  const turn = (column: string) => setOrder({ column, descending: order?.column === column ? !order.descending : column !== "start" && column !== "group" });
  const head = (column: string, text: string, isNumber: boolean, meaning?: string) => (
    <th
      scope="col"
      class={isNumber ? "num" : ""}
      title={meaning}
      aria-sort={order?.column === column ? (order.descending ? "descending" : "ascending") : undefined}
    >
      <button type="button" class="sorter" onClick={() => turn(column)}>
        {text} <span aria-hidden="true">{order?.column === column ? (order.descending ? "▾" : "▴") : ""}</span>
      </button>
    </th>
  );
  if (rows.length === 0) return <p class="empty-panel">{words.noCalls}</p>;
  return (
    <div class="performance-table" tabIndex={0} role="region" aria-label={words.performance}>
      <table>
        <thead>
          <tr>
            {isTimed && head("start", words.from, false)}
            {isGrouped && head("group", words.groups[report.by] ?? report.by, false)}
            {columns.map((column) => head(column.name, words.figureNames[column.name] ?? column.name, true, words.meanings[column.name] ?? column.definition))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.start} ${row.group}`}>
              {isTimed && <td>{longMoment(row, report.interval)}</td>}
              {isGrouped && (
                <th scope="row">
                  <CallsOf report={report} row={row}>
                    {name(row.group, language) || "–"}
                  </CallsOf>
                </th>
              )}
              {columns.map((column) => (
                <td class="num">{shown(row.figures[column.name], column.unit)}</td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            {isTimed && <th scope="row">{words.inAll}</th>}
            {isGrouped && <th scope="row">{isTimed ? "" : words.inAll}</th>}
            {columns.map((column) => (
              <td class="num">{shown(report.total[column.name], column.unit)}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** Leads to the calls of a row, where the days can be told from it. */
function CallsOf({ report, row, children }: { report: Performance; row: PerformanceRow; children: ComponentChildren }) {
  const days = report.interval === "day" ? { since: row.start.slice(0, 10), until: row.start.slice(0, 10) } : { since: report.since, until: report.until };
  return row.group ? <a href={`#calls?${new URLSearchParams({ ...days, [report.by]: row.group })}`}>{children}</a> : <>{children}</>;
}

function sorted(rows: PerformanceRow[], order: Order | null, name: (row: PerformanceRow) => string): PerformanceRow[] {
  if (order === null) return rows;
  const sign = order.descending ? -1 : 1;
  const { column } = order;
  if (column === "start") return [...rows].sort((a, b) => sign * (Date.parse(a.start) - Date.parse(b.start)));
  if (column === "group") return [...rows].sort((a, b) => sign * name(a).localeCompare(name(b)));
  const worth = (row: PerformanceRow) => row.figures[column] ?? -1; // what is not known comes last, or first
  return [...rows].sort((a, b) => sign * (worth(a) - worth(b)));
}

const percent = (value: number) => `${(100 * value).toFixed(0)} %`;

function shown(value: number | null | undefined, unit: FigureColumn["unit"]): string {
  if (value == null) return "–";
  if (unit === "share") return `${(100 * value).toFixed(1)} %`;
  return unit === "seconds" ? duration(Math.round(value) * 1000) : value.toLocaleString("en");
}

/** The moment as the report's zone has it, which the text says: 2026-10-25T02:00:00+01:00. */
function longMoment(row: PerformanceRow, interval: string): string {
  const day = row.start.slice(0, 10);
  return isOfDays(interval) ? day : `${day} ${row.start.slice(11, 16)} ${row.start.slice(19)}`;
}

function shortMoment(row: PerformanceRow, interval: string): string {
  return isOfDays(interval) ? row.start.slice(5, 10) : row.start.slice(11, 16) === "00:00" ? row.start.slice(5, 10) : row.start.slice(11, 16);
}

const isOfDays = (interval: string) => ["day", "week", "month"].includes(interval);
