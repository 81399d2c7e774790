// The supervisor's console: everything that is going on, on one screen.
import type { ComponentChildren } from "preact";
import { AgentsTable } from "./agents.tsx";
import { Alarm } from "./alarm.tsx";
import { duration, useNow } from "./clock.ts";
import { QueuesTable, share } from "./queues.tsx";
import { RunningCalls, WaitingCallers } from "./callers.tsx";
import { Figures } from "./figures.tsx";
import { Incidents } from "./incidents.tsx";
import { levelsOfAll, Marked, type Level } from "./levels.tsx";
import { Messages } from "./messages.tsx";
import { WithOrders } from "./orders.tsx";
import { PromisesTable } from "./promises.tsx";
import { WithToasts } from "./toast.tsx";
import type { Board, QueueView, Ui } from "./types.ts";
import { useWords } from "./words.ts";

export function Console({ board, ui }: { board: Board | null; ui: Ui }) {
  const words = useWords();
  if (!board) return <main class="empty">{words.noBoard}</main>;
  const waiting = board.calls.filter((call) => call.state === "waiting");
  const running = board.calls.filter((call) => !["waiting", "promised", "ended"].includes(call.state));
  const atWork = board.agents.filter((agent) => agent.state !== "logged_out").length;
  return (
    <WithToasts>
    <WithOrders calls={board.calls} agents={board.agents} ui={ui}>
    <main class={`console${board.promises.length ? " with-promises" : ""}`}>
      <div class="console-head">
        <Totals board={board} ui={ui} />
        <div class="incidents">
          <Incidents incidents={board.incidents} ui={ui} />
          <Messages messages={board.messages} ui={ui} />
          <Figures queues={board.queues} agents={board.agents} ui={ui} />
          <Alarm queues={board.queues} ui={ui} />
        </div>
      </div>
      <Panel title={words.queues} area="queues">
        <QueuesTable queues={board.queues} ui={ui} />
      </Panel>
      <Panel title={words.agents} area="agents" aside={words.atWork(atWork, board.agents.length)}>
        <AgentsTable agents={board.agents} calls={board.calls} ui={ui} />
      </Panel>
      <Panel title={words.waitingCallers} area="waiting" aside={waiting.length || undefined}>
        <WaitingCallers calls={waiting} agents={board.agents} ui={ui} />
      </Panel>
      <Panel title={words.running} area="running" aside={running.length || undefined}>
        <RunningCalls calls={running} agents={board.agents} ui={ui} />
      </Panel>
      {board.promises.length > 0 && (
        <Panel title={words.promises} area="promises" aside={words.promisesCount(board.promises)}>
          <PromisesTable promises={board.promises} agents={board.agents} ui={ui} />
        </Panel>
      )}
    </main>
    </WithOrders>
    </WithToasts>
  );
}

function Panel({ title, area, aside, children }: { title: string; area: string; aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class={`panel panel-${area}`} aria-labelledby={`panel-${area}`}>
      <header>
        <h2 id={`panel-${area}`}>{title}</h2>
        {aside !== undefined && <span class="panel-aside">{aside}</span>}
      </header>
      <div class="panel-body" tabIndex={0} role="group" aria-labelledby={`panel-${area}`}>
        {children}
      </div>
    </section>
  );
}

function Totals({ board, ui }: { board: Board; ui: Ui }) {
  const words = useWords();
  const now = useNow();
  const sum = (field: keyof QueueView) => board.queues.reduce((total, queue) => total + Number(queue[field]), 0);
  const since = board.calls.filter((call) => call.state === "waiting").map((call) => Date.parse(call.arrived_at));
  const longest = since.length ? now - Math.min(...since) : 0;
  const levels = levelsOfAll(board.queues, longest / 1000, ui, now);
  const figures: [string, string, string, Level?][] = [
    ["waiting", words.total.waiting, String(since.length), levels.waiting],
    ["longest", words.total.longest, since.length ? duration(longest) : "–", levels.longest],
    ["ringing", words.total.ringing, String(board.calls.filter((call) => call.state === "offered").length)],
    ["talking", words.total.talking, String(board.calls.filter((call) => call.state === "talking").length)],
    ["ready", words.total.ready, String(board.agents.filter((agent) => agent.state === "ready").length)],
    ["in-time", words.total.inTime, share(sum("answered_in_time"), sum("offered")), levels.served],
    ["abandoned", words.total.abandoned, String(sum("abandoned"))],
  ];
  return (
    <dl class="totals">
      {figures.map(([id, label, value, level]) => (
        <div class={`total total-${id}${level ? ` cell-${level}` : id === "waiting" && since.length ? " total-alert" : ""}`}>
          <dt>{label}</dt>
          <dd>
            <Marked level={level ?? ""}>{value}</Marked>
          </dd>
        </div>
      ))}
    </dl>
  );
}
