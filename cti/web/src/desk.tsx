// An agent's desk: my state and what I can do about it on the left, the call on the right.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Arriving } from "./arriving.tsx";
import { PopCard } from "./card.tsx";
import { ConsultPanel, isOwn, isUnderWay } from "./consult.tsx";
import { Icon } from "./icons.tsx";
import { useKeys, useShortcuts } from "./keys.ts";
import { Clock, Foreign, ProblemLine, StatePill, useRequest } from "./parts.tsx";
import { CallNotification } from "./notification.tsx";
import type { State } from "./state.ts";
import type { AgentStateName, AgentView, Ui } from "./types.ts";
import { Unread } from "./messages.tsx";
import { KeyHelp } from "./help.tsx";
import { MyFigures } from "./myfigures.tsx";
import { MyScores } from "./myscores.tsx";
import { MyPromises, PromiseCallback } from "./promising.tsx";
import { Transfer } from "./transfer.tsx";
import { stateCause, useWords } from "./words.ts";
import { CallNote } from "./wrapup.tsx";

const CAN_GO_READY = new Set<AgentStateName>(["not_ready", "wrap_up"]);
const CAN_GO_NOT_READY = new Set<AgentStateName>(["ready", "not_ready", "reserved", "talking", "wrap_up"]);
const IN_A_CALL = new Set<AgentStateName>(["reserved", "talking", "wrap_up"]);
const CAN_STOP_WORK = new Set<AgentStateName>(["ready", "not_ready", "wrap_up"]);

export function Desk({ state, onShown }: { state: State; onShown(offer: string): void }) {
  const words = useWords();
  const [shortcuts, setShortcuts] = useShortcuts();
  const { agent, card, ui } = state;
  if (!agent) return <main class="empty">{words.connecting}</main>;
  const call = card?.call ?? agent.call ?? "";
  const hasNote = agent.state === "wrap_up" || (card !== null && agent.state === "talking");
  return (
    <main class="desk">
      <KeyHelp shortcuts={shortcuts} />
      <div class="desk-side">
        <MyState agent={agent} ui={ui} shortcuts={shortcuts} />
        <CallNotification card={card} ui={ui} />
        <Arriving card={card} ui={ui} />
        <MyPromises agent={agent} />
        <MyScores />
        <Shortcuts on={shortcuts} onSwitch={setShortcuts} />
      </div>
      <div class="desk-call">
        <Unread messages={state.messages} />
        {state.withdrawn && <Withdrawn withdrawn={state.withdrawn} />}
        {card ? <PopCard key={card.offer} card={card} ui={ui} shortcuts={shortcuts} onShown={onShown} /> : <Idle agent={agent} />}
        {card?.consult && <ConsultPanel card={card} consult={card.consult} ui={ui} shortcuts={shortcuts} />}
        <div class="call-actions">
          {card?.phase === "talking" && isOwn(card) && !isUnderWay(card.consult) && <Transfer key={`transfer ${card.offer}`} card={card} ui={ui} shortcuts={shortcuts} />}
          {card && (card.phase === "talking" || card.phase === "wrap_up") && isOwn(card) && <PromiseCallback key={`promise ${card.offer}`} card={card} shortcuts={shortcuts} />}
        </div>
        {hasNote && <CallNote key={call} agent={agent} call={call} ui={ui} shortcuts={shortcuts} />}
      </div>
    </main>
  );
}

function MyState({ agent, ui, shortcuts }: { agent: AgentView; ui: Ui; shortcuts: boolean }) {
  const words = useWords();
  return (
    <section class={`mystate edge-${agent.state}`} aria-label={words.myState}>
      <p class="mystate-name">{agent.name}</p>
      <div role="status">
        <StatePill state={agent.state} large />
        <p class="mystate-cause">{stateCause(words, agent)}</p>
      </div>
      <p class="mystate-clock">
        <Clock since={agent.state_since} />
      </p>
      {agent.state === "logged_out" ? <StartWork /> : <Choices agent={agent} ui={ui} shortcuts={shortcuts} />}
      <dl class="mystate-facts">
        {agent.state !== "logged_out" && (
          <div>
            <dt>{words.phone}</dt>
            <dd>
              {agent.phone ?? "–"} <span class={agent.phone_reachable ? "good" : "bad"}>{agent.phone_reachable ? words.phoneOk : words.phoneGone}</span>
            </dd>
          </div>
        )}
        <div>
          <dt>{words.callsToday}</dt>
          <dd>{agent.calls_taken}</dd>
        </div>
      </dl>
      <MyFigures agent={agent} />
    </section>
  );
}

function StartWork() {
  const words = useWords();
  const request = useRequest();
  const [phone, setPhone] = useState("");
  return (
    <form class="choices" onSubmit={(event) => (event.preventDefault(), void request.run(() => api.sitDown(phone.trim() || null)))}>
      <label>
        {words.phone}
        <input name="phone" inputMode="tel" maxLength={32} placeholder={words.phoneHint} value={phone} onInput={(event) => setPhone(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary big" disabled={request.busy}>
        {words.startWork}
      </button>
      <ProblemLine problem={request.problem} />
    </form>
  );
}

function Choices({ agent, ui, shortcuts }: { agent: AgentView; ui: Ui; shortcuts: boolean }) {
  const words = useWords();
  const request = useRequest();
  const leave = useRequest();
  const before = useRef<Promise<unknown>>(Promise.resolve());
  const [asking, setAsking] = useState(false);
  const [later, setLater] = useState(false);
  const can = (states: Set<AgentStateName>) => states.has(agent.state) && !request.busy;
  const canLeave = CAN_GO_NOT_READY.has(agent.state) && !leave.busy; // he may ask for it before the last click is answered
  function ready(): void {
    setAsking(false);
    before.current = request.run(api.goReady);
  }
  async function notReady(reason: string): Promise<void> {
    setAsking(false);
    await before.current;
    setLater(await leave.run(() => api.goNotReady(reason)));
  }
  useEffect(() => {
    if (!IN_A_CALL.has(agent.state)) setLater(false);
  }, [agent.state]);
  useKeys(shortcuts, (key) => {
    const reason = ui.reasons[Number(key) - 1];
    if (asking && key === "escape") setAsking(false);
    else if (asking && reason) void notReady(reason);
    else if (key === "n" && canLeave) setAsking(!asking);
    else if (key === "r" && can(CAN_GO_READY)) ready();
    else return false;
    return true;
  });
  return (
    <div class="choices">
      <button type="button" class="big go-ready" disabled={!can(CAN_GO_READY)} onClick={ready}>
        <Icon name="ready" /> {words.goReady} <kbd>R</kbd>
      </button>
      <button type="button" class="big" aria-expanded={asking} aria-controls="reasons" disabled={!canLeave} onClick={() => setAsking(!asking)}>
        <Icon name="not_ready" /> {words.goNotReady} <kbd>N</kbd>
      </button>
      {asking && (
        <ul id="reasons" class="reasons" aria-label={words.chooseReason}>
          {ui.reasons.map((reason, index) => (
            <li>
              <button type="button" onClick={() => void notReady(reason)}>
                {words.reasons[reason] ?? reason} {index < 9 && <kbd>{index + 1}</kbd>}
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="quiet" disabled={!can(CAN_STOP_WORK)} onClick={() => void request.run(api.standUp)}>
        <Icon name="logged_out" /> {words.stopWork}
      </button>
      {later && IN_A_CALL.has(agent.state) && <p class="hint">{words.afterThisCall}</p>}
      <ProblemLine problem={leave.problem ?? request.problem} />
    </div>
  );
}

function Withdrawn({ withdrawn }: { withdrawn: NonNullable<State["withdrawn"]> }) {
  const words = useWords();
  return (
    <p class="withdrawn" role="status">
      <Icon name="warning" />
      <span>
        <strong>{withdrawn.card.ani ? <Foreign text={withdrawn.card.ani} /> : words.withheld}</strong> {words.withdrawn[withdrawn.outcome]}
      </span>
    </p>
  );
}

function Idle({ agent }: { agent: AgentView }) {
  const words = useWords();
  const [head, hint] =
    agent.state === "ready"
      ? [words.idleReady, words.idleReadyHint]
      : agent.state === "logged_out"
        ? [words.idleOut, words.idleOutHint]
        : [words.idleNotReady, words.idleNotReadyHint];
  return (
    <section class="idle">
      <h2>{head}</h2>
      <p class="soft">{hint}</p>
    </section>
  );
}

function Shortcuts({ on, onSwitch }: { on: boolean; onSwitch(on: boolean): void }) {
  const words = useWords();
  return (
    <section class={`shortcuts${on ? "" : " off"}`} aria-label={words.shortcuts}>
      <label class="switch">
        <input type="checkbox" checked={on} onChange={(event) => onSwitch(event.currentTarget.checked)} />
        {words.shortcuts}
      </label>
      {on && (
        <p>
          <kbd>?</kbd> {words.shortcutList.help}
        </p>
      )}
    </section>
  );
}
