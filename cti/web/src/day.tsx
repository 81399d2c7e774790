// A day in half hours against the day before and the target; any day of the past can be picked. The drawings are plain SVG.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { serverNow } from "./clock.ts";
import { formulaOf, targetOf } from "./levels.tsx";
import { ProblemLine, Typed, useRequest } from "./parts.tsx";
import { percent } from "./queues.tsx";
import type { DayReport, PerformanceRow, Ui } from "./types.ts";
import { queueText, useSpeech } from "./words.ts";

const REFRESHED_EVERY = 60_000;
const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [1000, 210, 58, 22, 20];
const MOST_HOURS = 16; // with more, not every hour has room for its name, nor every half for a sign before its number

interface Slot {
  hour: number;
  offered: number;
  answered: number;
  abandoned: number;
  served: number | null;
}

const dayBefore = (day: string): string => new Date(Date.parse(`${day}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
const localDay = (): string => new Date(serverNow()).toLocaleDateString("sv-SE");

/** The half hours of a report, of one queue or all, by the report's own clock. */
function slotsOf(report: DayReport, queue: string, formula: string): Slot[] {
  const rows: PerformanceRow[] = queue ? report.rows.filter((row) => row.group === queue) : report.line;
  return rows.map(({ start, figures }) => ({
    hour: Number(start.slice(11, 13)) + Number(start.slice(14, 16)) / 60,
    offered: figures.offered ?? 0,
    answered: figures.answered ?? 0,
    abandoned: figures.abandoned ?? 0,
    served: figures[`service_level_${formula}`] ?? null,
  }));
}

export function DayPage({ ui }: { ui: Ui }) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const request = useRequest();
  const [day, setDay] = useState(localDay);
  const [queue, setQueue] = useState("");
  const [reports, setReports] = useState<[DayReport, DayReport] | null>(null);
  useEffect(() => {
    const load = () => void request.run(async () => setReports(await Promise.all([api.dayReport(day), api.dayReport(dayBefore(day))])));
    load();
    const timer = setInterval(load, REFRESHED_EVERY);
    return () => clearInterval(timer);
  }, [day]);
  const [today, before] = (reports ?? []).map((report) => slotsOf(report, queue, formulaOf(ui)));
  const busy = [...(today ?? []), ...(before ?? [])].filter((slot) => slot.offered > 0).map((slot) => slot.hour);
  const span: [number, number] = busy.length ? [Math.floor(Math.min(...busy)), Math.ceil(Math.max(...busy) + 0.5)] : [8, 18];
  return (
    <main class="report day">
      <header>
        <h2>{own.dayTitle}</h2>
        <label>
          {own.dayOf}
          <Typed type="date" value={day} max={localDay()} onTyped={(typed) => typed && setDay(typed)} />
        </label>
        <label>
          {own.dayQueue}
          <select value={queue} onChange={(event) => setQueue(event.currentTarget.value)}>
            <option value="">{own.allQueues}</option>
            {ui.watched.queues.map((one) => (
              <option value={one}>{queueText(ui, language, one)}</option>
            ))}
          </select>
        </label>
      </header>
      <ProblemLine problem={request.problem} />
      {today && before && (
        <>
          <Sum today={today} before={before} />
          {busy.length === 0 && <p class="soft">{own.noDay}</p>}
          <Chart title={own.chartCalls} span={span} top={Math.max(4, ...today.map((slot) => slot.offered), ...before.map((slot) => slot.offered))} unit={String}>
            {(x, y, half) => (
              <>
                {today.map((slot) => (
                  <g key={slot.hour}>
                    <rect class="bar-offered" x={x(slot.hour) + 2} width={half - 4} y={y(slot.offered)} height={y(0) - y(slot.offered)} />
                    <rect class="bar-answered" x={x(slot.hour) + 2} width={half - 4} y={y(slot.answered)} height={y(0) - y(slot.answered)} />
                    {slot.abandoned > 0 && (
                      <text class="bar-abandoned" x={x(slot.hour) + half / 2} y={TOP - 8}>
                        {span[1] - span[0] <= MOST_HOURS ? "×" : ""}
                        {slot.abandoned}
                      </text>
                    )}
                  </g>
                ))}
                <Line slots={before} value={(slot) => slot.offered} x={(hour) => x(hour) + half / 2} y={y} kind="before" />
              </>
            )}
          </Chart>
          <ul class="daylegend">
            <li><span class="key key-offered" /> {own.dayFigures.offered}</li>
            <li><span class="key key-answered" /> {own.dayFigures.answered}</li>
            <li><strong>×</strong> {own.dayFigures.abandoned}</li>
            <li><span class="key key-before" /> {own.before}</li>
          </ul>
          <Chart title={`${own.chartLevel}: ${words.formulas[formulaOf(ui)] ?? ""}`} span={span} top={1} unit={(value) => percent(value)}>
            {(x, y, half) => (
              <>
                <line class="line-target" x1={LEFT} x2={WIDTH} y1={y(targetOf(ui))} y2={y(targetOf(ui))} />
                <text class="label-target" x={WIDTH - 4} y={y(targetOf(ui)) - 5}>
                  {own.target} {percent(targetOf(ui))}
                </text>
                <Line slots={before} value={(slot) => slot.served} x={(hour) => x(hour) + half / 2} y={y} kind="before" />
                <Line slots={today} value={(slot) => slot.served} x={(hour) => x(hour) + half / 2} y={y} kind="today" dots />
              </>
            )}
          </Chart>
        </>
      )}
    </main>
  );
}

function Sum({ today, before }: { today: Slot[]; before: Slot[] }) {
  const own = useSpeech().words.supervision;
  const sum = (slots: Slot[], field: "offered" | "answered" | "abandoned") => slots.reduce((total, slot) => total + slot[field], 0);
  return (
    <ul class="report-figures">
      {(["offered", "answered", "abandoned"] as const).map((field) => (
        <li key={field}>
          {own.dayFigures[field]} {sum(today, field)} <span class="soft">({own.before}: {sum(before, field)})</span>
        </li>
      ))}
    </ul>
  );
}

interface ChartProps {
  title: string;
  span: [number, number];
  top: number;
  unit(value: number): string;
  children(x: (hour: number) => number, y: (value: number) => number, half: number): preact.ComponentChildren;
}

function Chart({ title, span: [first, last], top, unit, children }: ChartProps) {
  const x = (hour: number) => LEFT + ((hour - first) / (last - first)) * (WIDTH - LEFT);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - FOOT);
  const hours = Array.from({ length: last - first }, (_, place) => first + place);
  return (
    <figure class="daychart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <g key={part}>
            <line class="line-grid" x1={LEFT} x2={WIDTH} y1={y(top * part)} y2={y(top * part)} />
            <text class="label-y" x={LEFT - 8} y={y(top * part) + 4}>
              {unit(top > 1 ? Math.round(top * part) : top * part)}
            </text>
          </g>
        ))}
        {hours.filter((_, place) => hours.length <= MOST_HOURS || place % 2 === 0).map((hour) => (
          <text class="label-x" x={x(hour)} y={HEIGHT - 6} key={hour}>
            {String(hour).padStart(2, "0")}:00
          </text>
        ))}
        {children(x, y, x(first + 0.5) - x(first))}
      </svg>
    </figure>
  );
}

interface LineProps {
  slots: Slot[];
  value(slot: Slot): number | null;
  x(hour: number): number;
  y(value: number): number;
  kind: "today" | "before";
  dots?: boolean;
}

function Line({ slots, value, x, y, kind, dots }: LineProps) {
  const points = slots.flatMap((slot): [number, number][] => {
    const one = value(slot);
    return one === null || slot.offered === 0 ? [] : [[x(slot.hour), y(one)]];
  });
  return (
    <g class={`line-${kind}`}>
      <polyline points={points.map((point) => point.join(",")).join(" ")} />
      {dots && points.map(([cx, cy]) => <circle cx={cx} cy={cy} r={4} key={cx} />)}
    </g>
  );
}
