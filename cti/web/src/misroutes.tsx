// The misroute ledger: which number and which choice send callers to the wrong queue, as bars of the minutes that this wastes.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import type { Bypass, Misroutes, Resolution } from "./types.ts";
import { useWords } from "./words.ts";

export const DAYS = [1, 7, 31];
const DAY = 86_400_000;

interface Reports {
  misroutes: Misroutes;
  bypass: Bypass;
  resolution: Resolution;
}

export function MisroutesPage() {
  const words = useWords();
  const [days, setDays] = useState(7);
  const [reports, setReports] = useState<Reports | "failed" | null>(null);
  const query = since(days);
  useEffect(() => {
    let wanted = true;
    const take = (found: Reports | "failed") => wanted && setReports(found);
    setReports(null);
    Promise.all([api.misroutes(query), api.bypass(query), api.resolution(query)]).then(
      ([misroutes, bypass, resolution]) => take({ misroutes, bypass, resolution }),
      () => take("failed"),
    );
    return () => {
      wanted = false;
    };
  }, [query]);
  return (
    <main class="report">
      <header>
        <h2>{words.misroutes}</h2>
        <label>
          {words.period}{" "}
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {DAYS.map((count) => (
              <option value={count}>{words.lastDays(count)}</option>
            ))}
          </select>
        </label>
        <a href={`/api/reports/misroutes?format=csv&${query}`} download>
          {words.asTable}
        </a>
      </header>
      {reports === null ? <p>{words.loading}</p> : reports === "failed" ? <p role="alert">{words.reportFailed}</p> : <Found {...reports} query={query} />}
    </main>
  );
}

function Found({ misroutes, bypass, resolution, query }: Reports & { query: string }) {
  const words = useWords();
  const wrong = misroutes.rows.filter((row) => row.misrouted);
  const most = Math.max(1, ...wrong.map((row) => row.wasted_seconds));
  const calls = (rows: { calls: number }[]) => rows.reduce((total, row) => total + row.calls, 0);
  return (
    <>
      <ul class="report-figures">
        <li>{words.misroutedOf(calls(wrong), calls(misroutes.rows))}</li>
        <li>{words.wentRound(bypass.calls)}</li>
        <li>{words.solvedFirst(resolution.rate === null ? "–" : `${(100 * resolution.rate).toFixed(1)} %`)}</li>
      </ul>
      {wrong.length === 0 ? (
        <p>{words.nothingMisrouted}</p>
      ) : (
        <table class="figures report-bars">
          <thead>
            <tr>
              <th scope="col">{words.dialled}</th>
              <th scope="col">{words.chosen}</th>
              <th scope="col">{words.sentTo}</th>
              <th scope="col">{words.solvedBy}</th>
              <th scope="col" class="num">
                {words.taken}
              </th>
              <th scope="col" class="num">
                {words.transfers}
              </th>
              <th scope="col">{words.minutesWasted}</th>
            </tr>
          </thead>
          <tbody>
            {wrong.map((row) => (
              <tr>
                <td title={row.dnis}>
                  <a href={`#calls?${query}&${new URLSearchParams({ entry: row.dnis })}`}>{row.entry}</a>
                </td>
                <td>{row.choices || "–"}</td>
                <td>{row.first_queue}</td>
                <td>
                  {row.queue} · {row.resolver}
                </td>
                <td class="num">{row.calls}</td>
                <td class="num">{row.transfers}</td>
                <td>
                  <span class="report-bar" style={{ width: `${(60 * row.wasted_seconds) / most}%` }} aria-hidden="true" />{" "}
                  {(row.wasted_seconds / 60).toFixed(1)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {bypass.rows.length > 0 && (
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{words.directNumber}</th>
              <th scope="col" class="num">
                {words.taken}
              </th>
              <th scope="col" class="num">
                {words.answered}
              </th>
            </tr>
          </thead>
          <tbody>
            {bypass.rows.map((row) => (
              <tr>
                <td title={row.dnis}>
                  <a href={`#calls?${query}&${new URLSearchParams({ entry: row.dnis })}`}>{row.entry}</a>
                </td>
                <td class="num">{row.calls}</td>
                <td class="num">{row.answered}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** The first of so many days that end today, by this page's clock, as the API asks for it. */
export function since(days: number): string {
  const first = new Date(Date.now() - (days - 1) * DAY);
  const two = (number: number) => String(number).padStart(2, "0");
  return `since=${first.getFullYear()}-${two(first.getMonth() + 1)}-${two(first.getDate())}`;
}
