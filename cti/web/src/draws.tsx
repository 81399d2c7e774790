// The weekly draws: the seeds, and the command by which anybody draws the same list again.
import { useEffect, useState } from "preact/hooks";
import { nameOf } from "./calls.ts";
import { Moment, ProblemLine, useRequest } from "./parts.tsx";
import { draws, drawnIn, type Draw, type DrawnRow } from "./quality.ts";
import { useQualityWords } from "./quality.words.ts";
import type { Ui } from "./types.ts";

export function Draws({ ui, blind }: { ui: Ui; blind: boolean }) {
  const words = useQualityWords();
  const request = useRequest();
  const [found, setFound] = useState<Draw[] | null>(null);
  useEffect(() => void request.run(async () => setFound(await draws())), []);
  return (
    <>
      <p class="soft">
        {words.drawsHint} {blind && words.blindHint}
      </p>
      <ProblemLine problem={request.problem} />
      {found?.length === 0 && <p class="soft">{words.noDraws}</p>}
      {found?.map((draw) => <OneDraw key={draw.week} draw={draw} ui={ui} />)}
    </>
  );
}

function OneDraw({ draw, ui }: { draw: Draw; ui: Ui }) {
  const words = useQualityWords();
  const request = useRequest();
  const [rows, setRows] = useState<DrawnRow[] | null>(null);
  const facts: [string, string | null][] = [
    [words.seed, draw.seed],
    [words.sealed, draw.sealed],
    [words.command, draw.command],
    [words.digest, draw.digest],
  ];
  return (
    <section class="panel draw" data-week={draw.week}>
      <header>
        <h2>
          {draw.week} – {draw.until}
        </h2>
        <span class="panel-aside">
          {draw.drawn_at ? words.drawnOf(draw.of ?? 0) : words.running} · {words.thrown} <Moment at={draw.thrown_at} />
        </span>
      </header>
      <dl>
        {facts.map(([label, value]) =>
          value === null ? null : (
            <div>
              <dt>{label}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ),
        )}
      </dl>
      <ProblemLine problem={request.problem} />
      {draw.drawn_at && !rows && (
        <button type="button" class="small" onClick={() => void request.run(async () => setRows(await drawnIn(draw.week)))}>
          {words.showDrawn}
          <span class="unseen"> {draw.week}</span>
        </button>
      )}
      {rows && <Drawn rows={rows} ui={ui} />}
    </section>
  );
}

function Drawn({ rows, ui }: { rows: DrawnRow[]; ui: Ui }) {
  const words = useQualityWords();
  return (
    <table>
      <thead>
        <tr>
          {[words.agent, words.conversation, words.when, words.number, words.of, ""].map((title) => (
            <th scope="col">{title || <span class="unseen">{words.second}</span>}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.conversation}>
            <td>{nameOf(ui, row.agent)}</td>
            <td>{row.conversation}</td>
            <td>
              <Moment at={row.at} />
            </td>
            <td>{row.number.toFixed(9)}</td>
            <td>{row.of}</td>
            <td>{row.second_scorer ? words.second : ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
