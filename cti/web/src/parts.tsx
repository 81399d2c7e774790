// Small parts that both the desk and the console are made of.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api.ts";
import { duration, useByTime } from "./clock.ts";
import { Icon, iconOfState } from "./icons.tsx";
import type { AgentStateName } from "./types.ts";
import { problemText, useSpeech, useWords } from "./words.ts";

/** A clock that runs from `since`, and stands still at `until`. */
export function Clock({ since, until }: { since: string; until?: string | null }) {
  const begin = Date.parse(since);
  const text = useByTime((now) => duration((until ? Date.parse(until) : now) - begin));
  return (
    <time class="clock" dateTime={since}>
      {text}
    </time>
  );
}

export function StatePill({ state, large }: { state: AgentStateName; large?: boolean }) {
  const words = useWords();
  return (
    <span class={`pill state-${state}${large ? " pill-large" : ""}`}>
      <Icon name={iconOfState[state]} size={large ? 22 : 14} />
      {words.states[state]}
    </span>
  );
}

/** A text that a caller, a network or a person chose: shown as it is, in its own writing direction. */
export function Foreign({ text }: { text: string }) {
  return <bdi class="foreign">{text}</bdi>;
}

export function Moment({ at }: { at: string }) {
  const { language } = useSpeech();
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const format: Intl.DateTimeFormatOptions = today
    ? { hour: "2-digit", minute: "2-digit" }
    : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return <time dateTime={at}>{new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", format).format(date)}</time>;
}

/** Runs requests one at a time, and keeps what the last one was refused for. */
export function useRequest() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  async function run(request: () => Promise<unknown>): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setProblem(null);
    try {
      await request();
      return true;
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      setProblem(failure);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { busy, problem, run, forget: () => setProblem(null) };
}

export function ProblemLine({ problem }: { problem: Problem | null }) {
  const words = useWords();
  return (
    <div role="alert" class="problem-place">
      {problem && (
        <p class="problem">
          <Icon name="warning" />
          {problemText(words, problem)}
        </p>
      )}
    </div>
  );
}

interface TypedProps {
  value: string;
  onTyped(value: string): void;
  name?: string;
  type?: "text" | "date";
  list?: string;
  max?: string;
  placeholder?: string | undefined;
}

/** A field whose text counts once it is complete (Enter, or left). The page may be drawn anew meanwhile: what is being typed stays. */
export function Typed({ value, onTyped, ...rest }: TypedProps) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = value;
  });
  return <input {...rest} ref={field} onChange={(event) => onTyped(event.currentTarget.value)} />;
}

interface DialogEndProps {
  request: { busy: boolean; problem: Problem | null };
  does: string;
  blocked?: boolean;
  leave?: string;
  onDone(): void;
}

/** How the form of a dialog ends: what was refused, the button that only closes it, and the one that does what it says. */
export function DialogEnd({ request, does, blocked = false, leave, onDone }: DialogEndProps) {
  const words = useWords();
  return (
    <>
      <ProblemLine problem={request.problem} />
      <div class="dialog-end">
        <button type="button" onClick={onDone}>
          {leave ?? words.cancel}
        </button>
        <button type="submit" class="primary" disabled={request.busy || blocked}>
          {does}
        </button>
      </div>
    </>
  );
}

export function LanguageSwitch() {
  const { language, speak, words } = useSpeech();
  const other = language === "zh" ? "en" : "zh";
  return (
    <button type="button" class="quiet" lang={other} aria-label={`${words.language}: ${other === "zh" ? "中文" : "English"}`} onClick={() => speak(other)}>
      {other === "zh" ? "中文" : "English"}
    </button>
  );
}
