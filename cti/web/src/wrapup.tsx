// The note of a call, and the after-call work with its time box. What is written survives a reload of the page.
import { useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { duration, useNow } from "./clock.ts";
import { useKeys } from "./keys.ts";
import { ProblemLine, useRequest } from "./parts.tsx";
import type { AgentView, Ui } from "./types.ts";
import { useWords } from "./words.ts";

const NOTE_LENGTH = 2000;
const keptAs = (call: string) => `hotline.note.${call}`;

/** The note that was taken in a call so far. */
export const noteOf = (call: string) => sessionStorage.getItem(keptAs(call)) ?? "";

export function CallNote({ agent, call, ui, shortcuts }: { agent: AgentView; call: string; ui: Ui; shortcuts: boolean }) {
  const words = useWords();
  const request = useRequest();
  const field = useRef<HTMLTextAreaElement>(null);
  const [note, setNote] = useState(() => noteOf(call));
  const [disposition, setDisposition] = useState("");
  const isOver = agent.state === "wrap_up";

  function write(text: string): void {
    sessionStorage.setItem(keptAs(call), text);
    setNote(text);
  }
  async function finish(): Promise<void> {
    if (await request.run(() => api.endWrapUp(disposition, note))) sessionStorage.removeItem(keptAs(call));
  }
  const more = () => request.run(() => api.extendWrapUp(60));
  useKeys(shortcuts, (key) => {
    const chosen = ui.dispositions[Number(key) - 1];
    if (isOver && chosen) setDisposition(chosen);
    else if (isOver && key === "+") void more();
    else if (key === "m") field.current?.focus();
    else return false;
    return true;
  });
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") (event.target as HTMLElement).blur();
    if (event.key === "Enter" && event.ctrlKey && isOver) void finish();
  }

  return (
    <form class="wrap" aria-label={words.states.wrap_up} onKeyDown={onKeyDown} onSubmit={(event) => (event.preventDefault(), void finish())}>
      <label class="wrap-note">
        <span>
          {words.note} <kbd>M</kbd>
        </span>
        <textarea ref={field} rows={2} maxLength={NOTE_LENGTH} placeholder={words.noteHint} value={note} onInput={(event) => write(event.currentTarget.value)} />
      </label>
      {isOver && (
        <fieldset class="dispositions">
          <legend>{words.whatBecame}</legend>
          {ui.dispositions.map((code, index) => (
            <label class={`choice${code === disposition ? " chosen" : ""}`}>
              <input type="radio" name="disposition" value={code} checked={code === disposition} onChange={() => setDisposition(code)} />
              {words.dispositions[code] ?? code} {index < 9 && <kbd>{index + 1}</kbd>}
            </label>
          ))}
        </fieldset>
      )}
      {isOver && (
        <div class="wrap-end">
          <button type="submit" class="primary" disabled={request.busy}>
            {words.finish} <kbd>Ctrl+Enter</kbd>
          </button>
          <button type="button" disabled={request.busy} onClick={more}>
            {words.moreTime} <kbd>+</kbd>
          </button>
          {agent.wrap_up_ends_at && <TimeBox from={agent.state_since} until={agent.wrap_up_ends_at} />}
        </div>
      )}
      <ProblemLine problem={request.problem} />
    </form>
  );
}

function TimeBox({ from, until }: { from: string; until: string }) {
  const words = useWords();
  const now = useNow();
  const end = Date.parse(until);
  const left = Math.max(0, end - now);
  return (
    <div class={`timebox${left < 10_000 ? " timebox-short" : ""}`}>
      <span>
        {words.timeLeft} <span class="clock">{duration(left + 999)}</span>
      </span>
      <progress aria-label={words.timeLeft} max={end - Date.parse(from)} value={left} />
    </div>
  );
}
