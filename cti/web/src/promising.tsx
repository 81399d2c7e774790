// Promising the caller that he is called back: one click for the usual times, a date and a time for others; and what I have promised.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Icon } from "./icons.tsx";
import { useKeys } from "./keys.ts";
import { Foreign, Moment, ProblemLine, useRequest } from "./parts.tsx";
import type { AgentView, Card, OwnPromise, OwnPromises } from "./types.ts";
import { useSpeech, useWords } from "./words.ts";

const LONGEST_NOTE = 500;
const MOST_SHOWN = 4;
const DAY = "2026-03-02".length;
/** Said to who lists the promises that there is one more. */
const PROMISED = new Event("hotline.promised");

export function PromiseCallback({ card, shortcuts }: { card: Card; shortcuts: boolean }) {
  const words = useWords().promising;
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState("");
  useKeys(shortcuts, (key) => {
    if (key !== "l") return false;
    setOpen(true);
    return true;
  });
  if (open) return <PromiseForm card={card} onClose={(promised) => (setOpen(false), setDone(promised))} />;
  return (
    <div class="transfer-closed">
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="talking" /> {words.promise} <kbd>L</kbd>
      </button>
      <span class="good" role="status">
        {done && words.isPromised(done)}
      </span>
    </div>
  );
}

function PromiseForm({ card, onClose }: { card: Card; onClose(promised: string): void }) {
  const all = useWords();
  const words = all.promising;
  const clock = useQueueClock();
  const request = useRequest();
  const first = useRef<HTMLInputElement>(null);
  const [known, setKnown] = useState<OwnPromises | null>(null);
  const [at, setAt] = useState("");
  const [note, setNote] = useState("");
  useEffect(() => void request.run(async () => setKnown(await api.ownPromises())), []);
  useEffect(() => first.current?.focus(), []);

  async function promise(when: string, told: string): Promise<void> {
    if (!(await request.run(() => api.promise(when, note)))) return;
    dispatchEvent(PROMISED);
    onClose(told);
  }
  return (
    <form
      class="transfer"
      aria-label={words.promise}
      onKeyDown={(event) => event.key === "Escape" && onClose("")}
      onSubmit={(event) => (event.preventDefault(), void promise(at, clock(at)))}
    >
      <h3>
        {words.promise} <Foreign text={card.callback || card.ani || all.withheld} />
      </h3>
      <label>
        {words.what}
        <input ref={first} name="what" maxLength={LONGEST_NOTE} placeholder={words.whatHint} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <div class="wrap-end" role="group" aria-label={words.usually}>
        {known?.usual.map((time) => (
          <button type="button" disabled={request.busy} onClick={() => void promise(time.at, clock(time.local))}>
            {words.usual[time.name] ?? time.name} · {clock(time.local, known.now)}
          </button>
        ))}
        <label class="promise-at">
          <span>{words.at}</span>
          <input type="datetime-local" name="at" min={known?.now} value={at} onInput={(event) => setAt(event.currentTarget.value)} />
        </label>
        <button type="submit" class="primary" disabled={request.busy || at === ""}>
          {words.promiseNow}
        </button>
        <button type="button" onClick={() => onClose("")}>
          {all.cancel} <kbd>Esc</kbd>
        </button>
      </div>
      <p class="hint">{known?.possible === false ? all.problems.no_callbacks : words.hint}</p>
      <ProblemLine problem={request.problem} />
    </form>
  );
}

/** What I have promised and is to come, on the desk. */
export function MyPromises({ agent }: { agent: AgentView }) {
  const words = useWords().promising;
  const [promises, setPromises] = useState<OwnPromise[]>([]);
  useEffect(() => {
    const fetch = () => api.ownPromises().then((own) => setPromises(own.promises), () => undefined); // the connection's sign says that it is lost
    void fetch();
    addEventListener(PROMISED.type, fetch);
    return () => removeEventListener(PROMISED.type, fetch);
  }, [agent.state, agent.call]);
  if (promises.length === 0) return null;
  return (
    <section class="my-promises" aria-label={words.mine}>
      <h3>{words.mine}</h3>
      <ul>
        {promises.slice(0, MOST_SHOWN).map((promise) => (
          <li class={Date.parse(promise.due_at) < Date.now() ? "is-due" : ""}>
            <strong>
              <Moment at={promise.due_at} />
            </strong>{" "}
            <Foreign text={promise.number} /> {promise.note && <span class="soft"><Foreign text={promise.note} /></span>}
          </li>
        ))}
      </ul>
      {promises.length > MOST_SHOWN && <p class="soft">{words.more(promises.length - MOST_SHOWN)}</p>}
    </section>
  );
}

/** What the queue's clocks show, in words: a time without a zone. */
function useQueueClock(): (local: string, now?: string) => string {
  const { language } = useSpeech();
  const time = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" } as const;
  return (local, now = "") => {
    const format = local.slice(0, DAY) === now.slice(0, DAY) ? time : ({ weekday: "short", month: "short", day: "numeric", ...time } as const);
    return local === "" ? "" : new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", format).format(new Date(`${local}Z`));
  };
}
