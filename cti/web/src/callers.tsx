// Callers: those who wait and why, and those who are somewhere else on their way.
import { memo } from "preact/compat";
import { useCallback, useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { storyLink, useCallWords } from "./calls.ts";
import { Icon, type IconName } from "./icons.tsx";
import { ActButton, ownPhone, Watches } from "./orders.tsx";
import { Clock, Foreign, ProblemLine, useRequest } from "./parts.tsx";
import { longestReady, QuickOrders } from "./quick.tsx";
import { rowAt, Rows } from "./rows.tsx";
import type { AgentView, CallStateName, CallView, Reason, Ui } from "./types.ts";
import { reasonsText } from "./reasons.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

function byArrival(calls: CallView[]): CallView[] {
  const timed = calls.map((call): [number, CallView] => [Date.parse(call.arrived_at), call]);
  return timed.sort(([a], [b]) => a - b).map(([, call]) => call);
}

export function WaitingCallers({ calls, agents, ui }: { calls: CallView[]; agents: AgentView[]; ui: Ui }) {
  const words = useWords();
  const [explained, setExplained] = useState<ReadonlyMap<string, Reason[]>>(new Map());
  const onExplained = useCallback(
    (call: string, reasons: Reason[] | null) =>
      setExplained((before) => {
        const others = [...before].filter(([one]) => one !== call);
        return new Map(reasons ? [...others, [call, reasons]] : others);
      }),
    [],
  );
  useEffect(() => {
    const waiting = new Set(calls.map(idOf));
    [...explained.keys()].filter((call) => !waiting.has(call)).forEach((call) => onExplained(call, null));
  }, [calls]);
  if (calls.length === 0) return <p class="empty-panel">{words.nobodyWaits}</p>;
  const sorted = byArrival(calls);
  const [taker, phone] = [longestReady(agents), ownPhone()];
  const names = namesOf(agents);
  return (
    <table aria-rowcount={calls.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
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
      <Rows items={sorted} keyOf={idOf} columns={5}>
        {(call, place) => (
          <WaitingRow call={call} place={place} taker={taker} assignee={names.get(call.assigned_to ?? "")} phone={phone} explanation={explained.get(call.call)} onExplained={onExplained} ui={ui} />
        )}
      </Rows>
    </table>
  );
}

const idOf = (call: CallView) => call.call;
const namesOf = (agents: AgentView[]) => new Map(agents.map((agent) => [agent.agent, agent.name]));

interface WaitingRowProps {
  call: CallView;
  place: number;
  taker: AgentView | undefined;
  assignee: string | undefined;
  phone: string;
  /** Unfolded beneath the row; it stays so while the row is out of sight. */
  explanation: Reason[] | undefined;
  onExplained(call: string, reasons: Reason[] | null): void;
  ui: Ui;
}

/** Drawn anew when something of it has changed, not with each board: a thousand may wait. */
const WaitingRow = memo(function WaitingRow({ call, place, taker, assignee, phone, explanation, onExplained, ui }: WaitingRowProps) {
  const { words, language } = useSpeech();
  const request = useRequest();
  async function explain(): Promise<void> {
    if (explanation) onExplained(call.call, null);
    else await request.run(async () => onExplained(call.call, (await api.explanation(call.call)).reasons));
  }
  return (
    <>
      <tr data-call={call.call} {...rowAt(place)}>
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
          <div class="row-orders">
            <span>
              <QuickOrders call={call} taker={taker} phone={phone} ui={ui} />
            </span>
            <span>
              <ActButton call={call} ui={ui} />
              <button type="button" class="small" aria-expanded={explanation !== undefined} disabled={request.busy} onClick={explain}>
                {words.explain}
              </button>
            </span>
          </div>
        </td>
      </tr>
      {(explanation || request.problem) && (
        <tr class="explanation">
          <td colSpan={5}>
            {explanation && <p>{reasonsText(words, ui, language, explanation) || words.waitsNoMore}</p>}
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
    <table aria-rowcount={calls.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
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
      <Rows items={byArrival(calls)} keyOf={idOf} columns={6}>
        {(call, place) => <RunningRow call={call} place={place} name={call.agent ? (names.get(call.agent) ?? call.agent) : ""} phone={phone} ui={ui} />}
      </Rows>
    </table>
  );
}

interface RunningRowProps {
  call: CallView;
  place: number;
  name: string;
  phone: string;
  ui: Ui;
}

const RunningRow = memo(function RunningRow({ call, place, name, phone, ui }: RunningRowProps) {
  const { words, language } = useSpeech();
  return (
    <>
      <tr data-call={call.call} {...rowAt(place)}>
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
        <td>{name}</td>
        <td class="row-end">
          <div class="row-orders">
            <span>
              <QuickOrders call={call} taker={undefined} phone={phone} ui={ui} />
            </span>
            <span>
              <ActButton call={call} ui={ui} />
            </span>
          </div>
        </td>
      </tr>
      {call.watches.length > 0 && (
        <tr class="watches">
          <td colSpan={6}>
            <Watches call={call} />
          </td>
        </tr>
      )}
    </>
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
