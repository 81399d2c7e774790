// What a supervisor does with a call most, in the row itself: an assignment by one click, which can be undone; hanging up by two in one
// place, which can't; listening by one, once his phone is known. All else, and a reason in his own words, is in the dialog.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Icon } from "./icons.tsx";
import { useRequest } from "./parts.tsx";
import { useToast } from "./toast.tsx";
import type { AgentView, CallView, Ui } from "./types.ts";
import { problemText, useWords } from "./words.ts";

const ASKS_FOR = 5_000;

interface QuickProps {
  call: CallView;
  /** The one who is offered a waiting call by one click. */
  taker: AgentView | undefined;
  /** Where the supervisor listens; empty: not known. */
  phone: string;
  ui: Ui;
}

/** Who has been ready for the longest. */
export function longestReady(agents: AgentView[]): AgentView | undefined {
  const ready = agents.filter((one) => one.state === "ready");
  return ready.reduce<AgentView | undefined>((first, one) => (first && Date.parse(first.state_since) <= Date.parse(one.state_since) ? first : one), undefined);
}

export function QuickOrders({ call, taker, phone, ui }: QuickProps) {
  const words = useWords();
  const own = words.supervision;
  const tell = useToast();
  const request = useRequest();
  const who = call.ani || words.withheld;
  useEffect(() => {
    if (request.problem) tell({ text: `${who}: ${problemText(words, request.problem)}` });
  }, [request.problem]);

  async function give(order: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>): Promise<void> {
    if (await request.run(order)) tell({ text: `${who}: ${done}`, undo });
  }
  return (
    <>
      {call.state === "waiting" && taker && taker.agent !== call.assigned_to && (
        <button
          type="button"
          class="small quick"
          title={own.assignTo(who, taker.name)}
          aria-label={own.assignTo(who, taker.name)}
          disabled={request.busy}
          onClick={() => give(() => api.assign(call.call, taker.agent, own.quickWhy), own.done.assign, () => api.assign(call.call, call.assigned_to, own.undo))}
        >
          → {taker.name}
        </button>
      )}
      {call.state === "talking" && ui.supervision.listening && phone && (
        <button
          type="button"
          class="small"
          title={own.listenAt(who, phone)}
          aria-label={own.listenAt(who, phone)}
          disabled={request.busy}
          onClick={() => give(() => api.watch(call.call, "listen", phone, own.quickWhy), own.rings)}
        >
          <Icon name="listen" size={13} />
        </button>
      )}
      {call.state !== "promised" && <HangUp who={who} busy={request.busy} onHangUp={() => give(() => api.hangUp(call.call, own.quickWhy), own.hungUp)} />}
    </>
  );
}

/** Asks once, in its own place; whoever looks elsewhere meanwhile has said no. */
function HangUp({ who, busy, onHangUp }: { who: string; busy: boolean; onHangUp(): void }) {
  const own = useWords().supervision;
  const [asks, setAsks] = useState(false);
  useEffect(() => {
    if (!asks) return;
    const timer = setTimeout(() => setAsks(false), ASKS_FOR);
    return () => clearTimeout(timer);
  }, [asks]);
  return (
    <button
      type="button"
      class={`small${asks ? " sure" : ""}`}
      title={own.hangUpOn(who)}
      aria-label={asks ? own.hangUpSure(who) : own.hangUpOn(who)}
      disabled={busy}
      onBlur={() => setAsks(false)}
      onKeyDown={(event) => event.key === "Escape" && setAsks(false)}
      onClick={() => (asks ? (setAsks(false), onHangUp()) : setAsks(true))}
    >
      <Icon name="hang_up" size={13} />
      {asks && own.sure}
    </button>
  );
}
