// A supervisor's orders about one call: what can be done with it now, to whom, and why; and his own part in a conversation.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { useModal } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { DialogEnd, ProblemLine, useRequest } from "./parts.tsx";
import { useToast } from "./toast.tsx";
import type { AgentView, CallView, Ui, WatchMode, WatchView } from "./types.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

type Order = "assign" | "queue" | "raise" | "take_over" | WatchMode | "hang_up";
const OWN_PHONE = "hotline.supervisors-phone";
export const ownPhone = (): string => localStorage.getItem(OWN_PHONE) ?? "";
const MODES: WatchMode[] = ["listen", "whisper", "barge"];
const NEEDS_PHONE = new Set<Order>(["take_over", ...MODES]);

/** What is possible with a call in its state; the first is what is mostly wanted. */
function possible(call: CallView, ui: Ui): Order[] {
  if (call.state === "waiting") return ["assign", "queue", "raise", "take_over", "hang_up"];
  if (call.state === "talking") return [...(ui.supervision.listening ? MODES : []), "take_over", "hang_up"];
  return call.state === "promised" ? [] : ["hang_up"];
}

const Opens = createContext<(call: string) => void>(() => undefined);

/** Around whatever has such buttons. The dialog stands here and not in a row: rows come and go with the state of their calls, what is typed stays. */
export function WithOrders({ calls, agents, ui, children }: { calls: CallView[]; agents: AgentView[]; ui: Ui; children: ComponentChildren }) {
  const [open, setOpen] = useState<string | null>(null);
  const known = useRef<CallView | undefined>(undefined);
  known.current = calls.find((call) => call.call === open) ?? known.current;
  const call = known.current?.call === open ? known.current : undefined;
  return (
    <Opens.Provider value={setOpen}>
      {children}
      {call && <Orders key={call.call} call={call} orders={possible(call, ui)} agents={agents} ui={ui} onDone={() => setOpen(null)} />}
    </Opens.Provider>
  );
}

export function ActButton({ call, ui }: { call: CallView; ui: Ui }) {
  const words = useWords();
  const opens = useContext(Opens);
  if (possible(call, ui).length === 0) return null;
  return (
    <button type="button" class="small" data-opens="orders" aria-label={words.supervision.actOn(call.ani || words.withheld)} onClick={() => opens(call.call)}>
      {words.supervision.act}
    </button>
  );
}

interface OrdersProps {
  call: CallView;
  orders: Order[];
  agents: AgentView[];
  ui: Ui;
  onDone(): void;
}

function Orders({ call, orders, agents, ui, onDone }: OrdersProps) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const request = useRequest();
  const tell = useToast();
  const dialog = useModal();
  const [order, setOrder] = useState<Order>(orders[0] ?? "hang_up");
  const atWork = agents.filter((agent) => agent.state !== "logged_out").sort((a, b) => Number(b.state === "ready") - Number(a.state === "ready"));
  const [agent, setAgent] = useState(call.assigned_to ?? atWork[0]?.agent ?? "");
  const queues = ui.watched.queues.filter((one) => one !== call.queue);
  const [queue, setQueue] = useState(queues[0] ?? "");
  const [seconds, setSeconds] = useState("600");
  const [phone, setPhone] = useState(ownPhone);
  const [why, setWhy] = useState("");

  const perform: Record<Order, () => Promise<unknown>> = {
    assign: () => api.assign(call.call, agent || null, why),
    queue: () => api.moveCall(call.call, queue, why),
    raise: () => api.raiseCall(call.call, Number(seconds), why),
    take_over: () => api.takeOver(call.call, phone, why),
    listen: () => api.watch(call.call, "listen", phone, why),
    whisper: () => api.watch(call.call, "whisper", phone, why),
    barge: () => api.watch(call.call, "barge", phone, why),
    hang_up: () => api.hangUp(call.call, why),
  };
  const undo: Partial<Record<Order, () => Promise<unknown>>> = {
    assign: () => api.assign(call.call, call.assigned_to, own.undo),
    queue: () => api.moveCall(call.call, call.queue ?? "", own.undo),
    raise: () => api.raiseCall(call.call, call.raised_seconds, own.undo),
  };

  async function give(event: Event): Promise<void> {
    event.preventDefault();
    if (!(await request.run(perform[order]))) return;
    if (NEEDS_PHONE.has(order)) localStorage.setItem(OWN_PHONE, phone);
    if (order === "assign" || order === "queue" || order === "raise") tell({ text: `${call.ani || words.withheld}: ${own.done[order]}`, undo: undo[order] });
    onDone();
  }

  return (
    <dialog ref={dialog} class="dialog orders" aria-labelledby="orders-title" onClose={onDone}>
      <form onSubmit={give}>
        <h2 id="orders-title">{own.actOn(call.ani || words.withheld)}</h2>
        <fieldset>
          <legend>{own.order}</legend>
          {orders.map((one) => (
            <label class={`choice${one === order ? " chosen" : ""}${one === "hang_up" ? " choice-final" : ""}`} key={one}>
              <input type="radio" name="order" value={one} checked={one === order} onChange={() => setOrder(one)} />
              {own.orders[one]}
            </label>
          ))}
        </fieldset>
        <p class="soft">{own.orderHints[order]}</p>
        {order === "assign" && (
          <Select label={own.engineer} value={agent} onChoose={setAgent} choices={[...atWork.map((one): [string, string] => [one.agent, `${one.name} · ${words.states[one.state]}`]), ...(call.assigned_to ? [["", own.takeBack] as [string, string]] : [])]} />
        )}
        {order === "queue" && <Select label={words.queue} value={queue} onChoose={setQueue} choices={queues.map((one) => [one, queueText(ui, language, one)])} />}
        {order === "raise" && <Select label={own.raisedBy} value={seconds} onChoose={setSeconds} choices={["600", "120", "0", "-120", "-600"].map((one) => [one, own.raises[one] ?? one])} />}
        {NEEDS_PHONE.has(order) && (
          <label>
            {own.ownPhone}
            <input list="own-phones" required pattern="[0-9A-Za-z_\-]{1,32}" value={phone} onInput={(event) => setPhone(event.currentTarget.value)} />
            <datalist id="own-phones">
              {ui.phones.map((one) => (
                <option value={one} />
              ))}
            </datalist>
          </label>
        )}
        <label>
          {own.why} <span class="soft">({own.whyHint})</span>
          <input maxLength={200} value={why} required={order === "hang_up"} onInput={(event) => setWhy(event.currentTarget.value)} />
        </label>
        <DialogEnd request={request} does={own.orders[order]} blocked={!orders.includes(order)} onDone={onDone} />
      </form>
    </dialog>
  );
}

function Select({ label, value, choices, onChoose }: { label: string; value: string; choices: [string, string][]; onChoose(value: string): void }) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {choices.map(([choice, text]) => (
          <option value={choice} key={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Who hears a conversation; a mode is changed, or left, in one go. */
export function Watches({ call }: { call: CallView }) {
  return (
    <>
      {call.watches.map((one) => (
        <WatchBar key={one.phone} call={call.call} watch={one} />
      ))}
    </>
  );
}

function WatchBar({ call, watch }: { call: string; watch: WatchView }) {
  const own = useWords().supervision;
  const request = useRequest();
  return (
    <span class="watch" data-watch={watch.phone}>
      <Icon name="listen" size={13} /> <bdi>{watch.by}</bdi> {watch.on ? own.watching[watch.mode] : own.rings}
      {watch.on &&
        MODES.filter((mode) => mode !== watch.mode).map((mode) => (
          <button type="button" class="small" key={mode} disabled={request.busy} onClick={() => request.run(() => api.watch(call, mode, watch.phone, ""))}>
            {own.orders[mode]}
          </button>
        ))}
      <button type="button" class="small" disabled={request.busy} onClick={() => request.run(() => api.stopWatching(call, watch.phone))}>
        {own.endWatch}
      </button>
      <ProblemLine problem={request.problem} />
    </span>
  );
}
