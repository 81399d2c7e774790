// The wallboard: the figures of now and of the day, as large as the screen allows. Nobody touches it; when it is out of date it says so.
// It shows what can be told from the queues and from how many agents are in which state: a wall that nobody has signed in at is sent no more.
import { useEffect, useState } from "preact/hooks";
import { duration, useNow } from "./clock.ts";
import { Icon } from "./icons.tsx";
import { formulaOf, levelsOf, levelsOfAll, Marked, targetOf, type Level } from "./levels.tsx";
import { percent } from "./queues.tsx";
import { Opening } from "./switching.tsx";
import type { State } from "./state.ts";
import type { Board, QueueView, Ui } from "./types.ts";
import { productLine, useSpeech } from "./words.ts";

const STALE_AFTER = 15_000; // the page asks the server for a sign of life more often than that

export function Wall({ state }: { state: State }) {
  const { words } = useSpeech();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (!state.board) return <main class="empty wall-empty">{words.noBoard}</main>;
  const silent = now - state.heardAt;
  const isStale = state.link === "lost" || silent > STALE_AFTER;
  return (
    <main class={`wall${isStale ? " wall-stale" : ""}`}>
      {isStale && (
        <p class="wall-banner" role="alert">
          <Icon name="alarm" size={40} /> {words.supervision.wallStale(duration(silent))}
        </p>
      )}
      <Figures board={state.board} ui={state.ui} />
      <Lines queues={state.board.queues} ui={state.ui} />
    </main>
  );
}

function Figures({ board, ui }: { board: Board; ui: Ui }) {
  const own = useSpeech().words.supervision;
  const now = useNow();
  const since = board.queues.flatMap((queue) => (queue.longest_waiting_since ? [Date.parse(queue.longest_waiting_since)] : []));
  const longest = since.length ? now - Math.min(...since) : 0;
  const sum = (field: "waiting" | "offered" | "answered" | "answered_in_time" | "abandoned") => board.queues.reduce((total, queue) => total + queue[field], 0);
  const levels = levelsOfAll(board.queues, longest / 1000, ui, now);
  const agents = (one: string) => board.agents.filter((agent) => agent.state === one).length;
  const served = sum("offered") ? sum("answered_in_time") / sum("offered") : null;
  const figures: [string, string, Level][] = [
    [own.wallWaiting, String(sum("waiting")), levels.waiting],
    [own.wallLongest, since.length ? duration(longest) : "–", levels.longest],
    [own.levelToday, percent(served), levels.served],
    [own.wallReady, String(agents("ready")), ""],
    [own.wallTalking, String(agents("talking")), ""],
    [own.wallAbandoned, String(sum("abandoned")), ""],
  ];
  return (
    <dl class="wall-figures">
      {figures.map(([label, value, mark]) => (
        <div class={mark ? `wall-${mark}` : ""}>
          <dt>
            <Marked level={mark}>{label}</Marked>
          </dt>
          <dd class={mark && `marked-${mark}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Lines({ queues, ui }: { queues: QueueView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const now = useNow();
  const formula = formulaOf(ui);
  const lines = [...new Set(queues.map((queue) => queue.product_line))];
  return (
    <table class="wall-lines" style={`--rows: ${queues.length + 1}`}>
      <thead>
        <tr>
          <th scope="col" colSpan={2}>
            {words.productLine}
          </th>
          <th scope="col">{own.wallWaiting}</th>
          <th scope="col">{own.wallLongest}</th>
          <th scope="col">{own.expected}</th>
          <th scope="col">{own.wallLevel}</th>
          <th scope="col">
            {own.levelToday} <small>({own.wallTarget(percent(targetOf(ui)))})</small>
          </th>
          <th scope="col">{own.wallReady}</th>
          <th scope="col">{own.wallAnswered}</th>
          <th scope="col">{own.wallAbandoned}</th>
        </tr>
      </thead>
      {lines.map((line) => (
        <tbody key={line}>
          {queues
            .filter((queue) => queue.product_line === line)
            .map((queue, place, all) => {
              const levels = levelsOf(queue, ui, now);
              return (
                <tr key={queue.queue} data-queue={queue.queue}>
                  {place === 0 && (
                    <th scope="rowgroup" rowSpan={all.length}>
                      {productLine(ui, language, line)}
                    </th>
                  )}
                  <th scope="row">
                    {queue.level} <Opening queue={queue} />
                  </th>
                  <td>
                    <Marked level={levels.waiting}>{queue.waiting}</Marked>
                  </td>
                  <td>
                    <Marked level={levels.longest}>{queue.longest_waiting_since ? duration(now - Date.parse(queue.longest_waiting_since)) : "–"}</Marked>
                  </td>
                  <td>
                    <Marked level={levels.expected}>{queue.expected_wait_seconds === null ? "–" : duration(queue.expected_wait_seconds * 1000)}</Marked>
                  </td>
                  <td>
                    <Marked level={levels.served}>{percent(queue.service_levels_now[formula])}</Marked>
                  </td>
                  <td>{percent(queue.service_levels[formula])}</td>
                  <td>{queue.agents_ready}</td>
                  <td>{queue.answered}</td>
                  <td>{queue.abandoned}</td>
                </tr>
              );
            })}
        </tbody>
      ))}
    </table>
  );
}
