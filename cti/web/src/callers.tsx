// Callers: those who wait and why, and those who are somewhere else on their way.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { storyLink, useCallWords } from "./calls.ts";
import { Icon, type IconName } from "./icons.tsx";
import { ActButton, Watches } from "./orders.tsx";
import { Clock, Foreign, ProblemLine, useRequest } from "./parts.tsx";
import { QuickOrders } from "./quick.tsx";
import type { AgentView, CallStateName, CallView, Reason, Ui } from "./types.ts";
import { reasonsText } from "./reasons.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

const byArrival = (a: CallView, b: CallView) => Date.parse(a.arrived_at) - Date.parse(b.arrived_at);

/** So many rows are drawn unless all are asked for: those who wait longest. */
const ROWS = 100;

export function WaitingCallers({ calls, agents, ui }: { calls: CallView[]; agents: AgentView[]; ui: Ui }) {
  const words = useWords();
  const [all, setAll] = useState(false);
  if (calls.length === 0) return <p class="empty-panel">{words.nobodyWaits}</p>;
  const sorted = [...calls].sort(byArrival);
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
          <WaitingRow key={call.call} call={call} agents={agents} ui={ui} />
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

function WaitingRow({ call, agents, ui }: { call: CallView; agents: AgentView[]; ui: Ui }) {
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
          <Steered call={call} agents={agents} />
        </td>
        <td class="row-end">
          <QuickOrders call={call} agents={agents} ui={ui} />
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
}

/** What a supervisor has done about a waiting call. */
function Steered({ call, agents }: { call: CallView; agents: AgentView[] }) {
  const own = useWords().supervision;
  const name = agents.find((agent) => agent.agent === call.assigned_to)?.name ?? call.assigned_to;
  const marks = [name && own.assignedTo(name), call.raised_seconds !== 0 && own.raisedMark(call.raised_seconds)].filter(Boolean);
  return marks.length > 0 ? <strong class="under steered">{marks.join(" · ")}</strong> : null;
}

const iconOfCall: Partial<Record<CallStateName, IconName>> = { menu: "menu", offered: "reserved", talking: "talking", consulting: "transfer", calling_back: "talking", after: "wrap_up" };

export function RunningCalls({ calls, agents, ui }: { calls: CallView[]; agents: AgentView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const names = new Map(agents.map((agent) => [agent.agent, agent.name]));
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
        {[...calls].sort(byArrival).map((call) => (
          <tr key={call.call} data-call={call.call}>
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
              {call.agent ? (names.get(call.agent) ?? call.agent) : ""}
              <Watches call={call} />
            </td>
            <td class="row-end">
              <QuickOrders call={call} agents={agents} ui={ui} />
              <ActButton call={call} ui={ui} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

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
