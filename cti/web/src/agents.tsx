// Agents: who does what since when, and the supervisor's means to change it.
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { useModal } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { useByTime } from "./clock.ts";
import { levelOfAgent, Marked } from "./levels.tsx";
import { rowAt, Rows } from "./rows.tsx";
import { useToast } from "./toast.tsx";
import { Clock, DialogEnd, Foreign, StatePill, useRequest } from "./parts.tsx";
import type { AgentStateName, AgentView, CallView, Ui } from "./types.ts";
import { stateCause, useWords } from "./words.ts";

const ORDER: AgentStateName[] = ["reserved", "talking", "wrap_up", "ready", "not_ready", "logged_out"];
const CAN_BE_SET: AgentStateName[] = ["ready", "not_ready", "logged_out"];

const byStateThenTime = (a: AgentView, b: AgentView) =>
  ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || Date.parse(a.state_since) - Date.parse(b.state_since) || (a.agent < b.agent ? -1 : 1);

export function AgentsTable({ agents, calls, ui }: { agents: AgentView[]; calls: CallView[]; ui: Ui }) {
  const words = useWords();
  const [setting, setSetting] = useState<AgentView | null>(null);
  const callers = new Map(calls.map((call) => [call.call, call.ani]));
  return (
    <>
      <table class="agents" aria-rowcount={agents.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{words.agent}</th>
            <th scope="col" class="state-column">
              {words.state}
            </th>
            <th scope="col" class="num">
              {words.time}
            </th>
            <th scope="col">{words.phone}</th>
            <th scope="col" class="num">
              {words.taken}
            </th>
            <th scope="col">
              <span class="unseen">{words.setState}</span>
            </th>
          </tr>
        </thead>
        <Rows items={[...agents].sort(byStateThenTime)} keyOf={(agent) => agent.agent} columns={6}>
          {(agent, place) => <AgentRow agent={agent} place={place} ui={ui} caller={agent.call ? callers.get(agent.call) : undefined} onSet={setSetting} />}
        </Rows>
      </table>
      {setting && <SetState agent={setting} ui={ui} onDone={() => setSetting(null)} />}
    </>
  );
}

interface AgentRowProps {
  agent: AgentView;
  place: number;
  ui: Ui;
  caller: string | undefined;
  onSet(agent: AgentView): void;
}

const AgentRow = memo(function AgentRow({ agent, place, ui, caller, onSet }: AgentRowProps) {
  const words = useWords();
  const isOut = agent.state === "logged_out";
  const level = useByTime((now) => levelOfAgent(agent, ui, now));
  return (
    <tr class={isOut ? "quiet-row" : ""} data-agent={agent.agent} {...rowAt(place)}>
      <th scope="row" title={[agent.name, agent.team].filter(Boolean).join(" · ")}>
        {agent.name}
        {agent.team && <span class="under">{agent.team}</span>}
      </th>
      <td>
        <div class="state-cell">
          <StatePill state={agent.state} />
          <Cause agent={agent} caller={caller} />
        </div>
      </td>
      <td class="num strong">{isOut ? "" : <Marked level={level}><Clock since={agent.state_since} /></Marked>}</td>
      <td class="places">
        {!isOut && (
          <>
            <span class={agent.phone_reachable ? "place good" : "place bad"} title={`${words.phone} ${agent.phone ?? ""}: ${agent.phone_reachable ? words.phoneOk : words.phoneGone}`}>
              <Icon name="talking" size={13} />
              {agent.phone ?? "–"}
              {!agent.phone_reachable && <span class="unseen"> {words.phoneGone}</span>}
            </span>
            <span class={agent.desk_connected ? "place good" : "place bad"} title={agent.desk_connected ? words.deskOpen : words.deskClosed}>
              <Icon name={agent.desk_connected ? "desk" : "desk_off"} size={14} />
              <span class="unseen">{agent.desk_connected ? words.deskOpen : words.deskClosed}</span>
            </span>
          </>
        )}
      </td>
      <td class="num">{agent.calls_taken}</td>
      <td>
        {!isOut && (
          <button type="button" class="small" aria-label={words.setStateOf(agent.name)} onClick={() => onSet(agent)}>
            {words.setState}
          </button>
        )}
      </td>
    </tr>
  );
});

function Cause({ agent, caller }: { agent: AgentView; caller: string | undefined }) {
  const words = useWords();
  const text = caller ?? stateCause(words, agent);
  return (
    <span class="cause" title={text}>
      <Foreign text={text} />
    </span>
  );
}

function SetState({ agent, ui, onDone }: { agent: AgentView; ui: Ui; onDone(): void }) {
  const words = useWords();
  const request = useRequest();
  const dialog = useModal();
  const choices = CAN_BE_SET.filter((state) => state !== agent.state);
  const [state, setState] = useState<AgentStateName>(choices.includes("not_ready") ? "not_ready" : "ready");
  const [reason, setReason] = useState(ui.reasons[0] ?? "");
  const [why, setWhy] = useState("");
  const tell = useToast();
  const own = words.supervision;
  const undo = () => api.forceState(agent.agent, agent.state, agent.state === "not_ready" ? (ui.reasons.includes(agent.cause) ? agent.cause : (ui.reasons[0] ?? "")) : "", own.undo);
  async function apply(event: Event): Promise<void> {
    event.preventDefault();
    if (!(await request.run(() => api.forceState(agent.agent, state, state === "not_ready" ? reason : "", why)))) return;
    const canUndo = CAN_BE_SET.includes(agent.state) && state !== "logged_out";
    tell({ text: `${agent.name}: ${own.done.state}`, undo: canUndo ? undo : undefined });
    onDone();
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="set-state" onClose={onDone}>
      <form onSubmit={apply}>
        <h2 id="set-state">{words.setStateOf(agent.name)}</h2>
        <p class="soft">{words.setStateHint}</p>
        <fieldset>
          <legend>{words.newState}</legend>
          {choices.map((choice) => (
            <label class={`choice${choice === state ? " chosen" : ""}`}>
              <input type="radio" name="state" value={choice} checked={choice === state} onChange={() => setState(choice)} />
              {words.states[choice]}
            </label>
          ))}
        </fieldset>
        {state === "not_ready" && (
          <label>
            {words.reason}
            <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
              {ui.reasons.map((code) => (
                <option value={code}>{words.reasons[code] ?? code}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          {own.why}
          <input maxLength={200} value={why} onInput={(event) => setWhy(event.currentTarget.value)} />
        </label>
        <DialogEnd request={request} does={words.apply} onDone={onDone} />
      </form>
    </dialog>
  );
}
