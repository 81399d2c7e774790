// Recorded conversations: the list, and the player of the one that is chosen.
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api.ts";
import { duration } from "./clock.ts";
import { Foreign, Moment, ProblemLine, useRequest } from "./parts.tsx";
import { Player, type Recording } from "./player.tsx";
import { usePlayerWords } from "./player.words.ts";
import { queueText, useSpeech } from "./words.ts";
import type { Ui } from "./types.ts";

const lasted = (row: Recording) => Date.parse(row.ended_at ?? row.began_at) - Date.parse(row.began_at);

export function RecordingsPage({ ui }: { ui: Ui }) {
  const words = usePlayerWords();
  const { language } = useSpeech();
  const request = useRequest();
  const [rows, setRows] = useState<Recording[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [chosen, setChosen] = useState<Recording | null>(null);
  const load = (cursor: string | null) =>
    void request.run(async () => {
      const page = await ask<{ recordings: Recording[]; next: string | null }>("GET", `/api/recordings?limit=50${cursor ? `&cursor=${cursor}` : ""}`);
      setRows((before) => [...(cursor && before ? before : []), ...page.recordings]);
      setNext(page.next);
    });
  useEffect(() => load(null), []);
  return (
    <main class="report">
      <h2>{words.recordings}</h2>
      {chosen ? <Player key={chosen.id} recording={chosen} /> : <p class="soft">{words.pick}</p>}
      <ProblemLine problem={request.problem} />
      {rows?.length === 0 && <p class="soft">{words.none}</p>}
      {rows && rows.length > 0 && (
        <table>
          <thead>
            <tr>
              {[words.when, words.agent, words.queue, words.caller, words.length, ""].map((title) => (
                <th scope="col">{title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} data-recording={row.id} aria-selected={row.id === chosen?.id}>
                <td>
                  <Moment at={row.began_at} />
                </td>
                <td>{row.agent}</td>
                <td>{queueText(ui, language, row.queue)}</td>
                <td>
                  <Foreign text={row.ani} />
                </td>
                <td>{duration(lasted(row))}</td>
                <td>
                  {row.deleted_at ? (
                    <span class="soft">
                      {words.deleted} <Moment at={row.deleted_at} />
                    </span>
                  ) : (
                    <button type="button" class="small" onClick={() => setChosen(row)}>
                      {words.play}
                      <span class="unseen">
                        {" "}
                        {row.agent} <Moment at={row.began_at} />
                      </span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {next && (
        <button type="button" disabled={request.busy} onClick={() => load(next)}>
          {words.more}
        </button>
      )}
    </main>
  );
}
