// Callers: those who wait and why, and those who are somewhere else on their way.
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { storyLink, useCallWords } from "./calls.ts";
import { Icon, type IconName } from "./icons.tsx";
import { ActButton, ownPhone, Watches } from "./orders.tsx";
import { Clock, Foreign, ProblemLine, useRequest } from "./parts.tsx";
import { longestReady, QuickOrders } from "./quick.tsx";
import type { AgentView, CallStateName, CallView, Reason, Ui } from "./types.ts";
import { reasonsText } from "./reasons.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

function byArrival(calls: CallView[]): CallView[] {
  const timed = calls.map((call): [number, CallView] => [Date.parse(call.arrived_at), call]);
  return timed.sort(([a], [b]) => a - b).map(([, call]) => call);
}

/** So many rows are drawn unless all are asked for: those who wait longest. */
const ROWS = 100;

export function WaitingCallers({ calls, agents, ui }: { calls: CallView[]; agents: AgentView[]; ui: Ui }) {
  const words = useWords();
  const [all, setAll] = useState(false);
  if (calls.length === 0) return <p class="empty-panel">{words.nobodyWaits}</p>;
  const sorted = byArrival(calls);
  const [taker, phone] = [longestReady(agents), ownPhone()];
  const names = namesOf(agents);
  return (
    <>
    <table>
      <thead>
        <tr>
          <th scope="col">{words.caller}</th>
          <th scope="col">{words.queue}</th>
          <th scope="col" class="num">
            {words.waitsSince}
          </th>
          <th scope="col">{words.whyNobody}</th>
          <th scope="col">
            <span class="unseen">{words.explain}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {(all ? sorted : sorted.slice(0, ROWS)).map((call) => (
          <WaitingRow key={call.call} call={call} taker={taker} assignee={names.get(call.assigned_to ?? "")} phone={phone} ui={ui} />
        ))}
      </tbody>
    </table>
    {calls.length > ROWS && (
      <p class="more-rows">
        {!all && words.moreWait(calls.length - ROWS)}{" "}
        <button type="button" class="small" onClick={() => setAll(!all)}>
          {all ? words.showFewer : words.showAll}
        </button>
      </p>
    )}
    </>
  );
}

const namesOf = (agents: AgentView[]) => new Map(agents.map((agent) => [agent.agent, agent.name]));

interface WaitingRowProps {
  call: CallView;
  taker: AgentView | undefined;
  assignee: string | undefined;
  phone: string;
  ui: Ui;
}

/** Drawn anew when something of it has changed, not with each board: a thousand may wait. */
const WaitingRow = memo(function WaitingRow({ call, taker, assignee, phone, ui }: WaitingRowProps) {
  const { words, language } = useSpeech();
  const request = useRequest();
  const [explanation, setExplanation] = useState<Reason[] | null>(null);
  async function explain(): Promise<void> {
    if (explanation !== null) setExplanation(null);
    else await request.run(async () => setExplanation((await api.explanation(call.call)).reasons));
  }
  return (
    <>
      <tr data-call={call.call}>
        <td>
          <Caller call={call} />
        </td>
        <td>
          {queueText(ui, language, call.queue)}
          <span class="under">
            {words.languages[call.language ?? ""] ?? call.language}
            {call.urgent && <strong class="urgent"> {words.urgent}</strong>}
            {call.segment !== "standard" && ` ${words.segments[call.segment] ?? call.segment}`}
          </span>
        </td>
        <td class="num strong">
          <Clock since={call.arrived_at} />
        </td>
        <td class="why">
          {reasonsText(words, ui, language, call.reasons)}
          <Steered call={call} assignee={assignee} />
        </td>
        <td class="row-end">
          <QuickOrders call={call} taker={taker} phone={phone} ui={ui} />
          <ActButton call={call} ui={ui} />
          <button type="button" class="small" aria-expanded={explanation !== null} disabled={request.busy} onClick={explain}>
            {words.explain}
          </button>
        </td>
      </tr>
      {(explanation !== null || request.problem) && (
        <tr class="explanation">
          <td colSpan={5}>
            {explanation !== null && <p>{reasonsText(words, ui, language, explanation) || words.waitsNoMore}</p>}
            <ProblemLine problem={request.problem} />
          </td>
        </tr>
      )}
    </>
  );
});

/** What a supervisor has done about a waiting call. */
function Steered({ call, assignee }: { call: CallView; assignee: string | undefined }) {
  const own = useWords().supervision;
  const name = assignee ?? call.assigned_to;
  const marks = [name && own.assignedTo(name), call.raised_seconds !== 0 && own.raisedMark(call.raised_seconds)].filter(Boolean);
  return marks.length > 0 ? <strong class="under steered">{marks.join(" · ")}</strong> : null;
}

const iconOfCall: Partial<Record<CallStateName, IconName>> = { menu: "menu", offered: "reserved", talking: "talking", consulting: "transfer", calling_back: "talking", after: "wrap_up" };

export function RunningCalls({ calls, agents, ui }: { calls: CallView[]; agents: AgentView[]; ui: Ui }) {
  const words = useWords();
  const [names, phone] = [namesOf(agents), ownPhone()];
  if (calls.length === 0) return <p class="empty-panel">{words.nothingRuns}</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{words.caller}</th>
          <th scope="col">{words.state}</th>
          <th scope="col" class="num">
            {words.time}
          </th>
          <th scope="col">{words.queue}</th>
          <th scope="col">{words.agent}</th>
          <th scope="col">
            <span class="unseen">{words.supervision.act}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {byArrival(calls).map((call) => (
          <RunningRow key={call.call} call={call} name={call.agent ? (names.get(call.agent) ?? call.agent) : ""} phone={phone} ui={ui} />
        ))}
      </tbody>
    </table>
  );
}

const RunningRow = memo(function RunningRow({ call, name, phone, ui }: { call: CallView; name: string; phone: string; ui: Ui }) {
  const { words, language } = useSpeech();
  return (
    <tr data-call={call.call}>
      <td>
        <Caller call={call} />
      </td>
      <td>
        <span class={`callstate callstate-${call.state}`}>
          <Icon name={iconOfCall[call.state] ?? "waiting"} size={13} /> {words.callStates[call.state]}
        </span>
      </td>
      <td class="num">
        <Clock since={call.state_since} />
      </td>
      <td>{queueText(ui, language, call.queue)}</td>
      <td>
        {name}
        <Watches call={call} />
      </td>
      <td class="row-end">
        <QuickOrders call={call} taker={undefined} phone={phone} ui={ui} />
        <ActButton call={call} ui={ui} />
      </td>
    </tr>
  );
});

function Caller({ call }: { call: CallView }) {
  const words = useWords();
  const own = useCallWords();
  return (
    <>
      <span class="caller" title={call.ani_name}>
        <a class="story-link" href={storyLink(call.call)} title={own.story}>
          {call.ani ? <Foreign text={call.ani} /> : words.withheld}
        </a>
        {call.ani_name && (
          <>
            {" "}
            <span class="soft">
              <Foreign text={call.ani_name} />
            </span>
          </>
        )}
      </span>
      <span class="under">
        {call.entry} <Foreign text={call.dnis} />
      </span>
    </>
  );
}
