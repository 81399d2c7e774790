// Opening and closing a queue by hand, until a time or further notice.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { useModal } from "./dialog.tsx";
import { serverNow } from "./clock.ts";
import { Icon } from "./icons.tsx";
import { DialogEnd, useRequest } from "./parts.tsx";
import { useToast } from "./toast.tsx";
import type { Language, QueueView, Ui } from "./types.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

const MINUTES = [0, 15, 30, 60, 120, 240];
const STATES = ["open", "closed", "by_hours"] as const;

const shown = (at: string, language: Language) =>
  new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(at));

/** Whether the queue is closed, or open against its hours; nothing when all is as usual. */
export function Opening({ queue }: { queue: QueueView }) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const { switched } = queue;
  if (queue.is_open && !switched) return null;
  const text = switched ? (switched.opened ? own.openByHand : own.closedByHand) : own.closedByHours;
  const until = switched?.until ? ` ${own.until(shown(switched.until, language))}` : "";
  return (
    <span class={`opening${switched ? " opening-by-hand" : ""}`} title={`${text}${until}${switched ? ` · ${switched.by} ${switched.why}` : ""}`}>
      <Icon name={queue.is_open ? "ready" : "closed"} size={12} />
      <span class="unseen">
        {text}
        {until}
      </span>
    </span>
  );
}

export function SwitchQueue({ queue, ui, onDone }: { queue: QueueView; ui: Ui; onDone(): void }) {
  const { words, language } = useSpeech();
  const own = useWords().supervision;
  const request = useRequest();
  const tell = useToast();
  const dialog = useModal();
  const name = queueText(ui, language, queue.queue);
  const [state, setState] = useState<(typeof STATES)[number]>(queue.switched ? "by_hours" : queue.is_open && queue.can_close ? "closed" : "open");
  const [minutes, setMinutes] = useState(60);
  const [why, setWhy] = useState("");
  const before = queue.switched;
  const undo = () => api.switchQueue(queue.queue, before ? (before.opened ? "open" : "closed") : "by_hours", before?.until ?? null, own.undo);
  async function give(event: Event): Promise<void> {
    event.preventDefault();
    const until = minutes > 0 ? new Date(serverNow() + minutes * 60_000).toISOString() : null;
    if (!(await request.run(() => api.switchQueue(queue.queue, state, state === "by_hours" ? null : until, why)))) return;
    tell({ text: `${name}: ${own.done.switched}`, undo });
    onDone();
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="switch-title" onClose={onDone}>
      <form onSubmit={give}>
        <h2 id="switch-title">{own.switchQueue(name)}</h2>
        <fieldset>
          <legend>{words.newState}</legend>
          {STATES.map((one) => (
            <label class={`choice${one === state ? " chosen" : ""}`} key={one}>
              <input type="radio" name="switch" checked={one === state} disabled={one === "closed" && !queue.can_close} onChange={() => setState(one)} />
              {own.switchStates[one]}
            </label>
          ))}
        </fieldset>
        {!queue.can_close && <p class="soft">{own.cannotClose}</p>}
        {state !== "by_hours" && (
          <label>
            {own.switchUntil}
            <select value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
              {MINUTES.map((one) => (
                <option value={one} key={one}>
                  {one ? `${own.inMinutes(one)} (${shown(new Date(serverNow() + one * 60_000).toISOString(), language)})` : own.untilFurther}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {own.why}
          <input maxLength={200} value={why} required={state === "closed"} onInput={(event) => setWhy(event.currentTarget.value)} />
        </label>
        <DialogEnd request={request} does={own.switchStates[state]} onDone={onDone} />
      </form>
    </dialog>
  );
}
