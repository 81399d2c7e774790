// Which language the page speaks, and how codes of the engine become words.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en, type Words } from "./words.en.ts";
import { zh } from "./words.zh.ts";
import type { Problem } from "./api.ts";
import type { AgentView, Language, Ui } from "./types.ts";

export type { Words };
export const tables: Record<Language, Words> = { zh, en };
const KEPT_AS = "hotline.language";

export interface Speech {
  language: Language;
  words: Words;
  speak(language: Language): void;
}

export const Spoken = createContext<Speech>({ language: "en", words: en, speak: () => undefined });
export const useSpeech = (): Speech => useContext(Spoken);
export const useWords = (): Words => useContext(Spoken).words;

export function isLanguage(name: string | null | undefined): name is Language {
  return name === "zh" || name === "en";
}

/** What was chosen on this page, else the user's language, else the browser's. */
export function firstLanguage(user: string | undefined): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (isLanguage(kept)) return kept;
  if (isLanguage(user)) return user;
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT_AS, language);
}

export function causeText(words: Words, cause: string): string {
  const [kind, rest] = split(cause);
  if (kind === "rona" || kind === "missed") return words.missed(words.misses[rest] ?? rest);
  if (kind === "forced") return words.forcedBy(rest);
  return words.reasons[cause] ?? words.causes[cause] ?? words.dispositions[cause] ?? cause;
}

/** Causes that are worth a word in a state which mostly says enough by itself; those with a colon always are. */
const NOTABLE = new Set(["rescinded", "offer_failed", "wrap_up_over", "removed", "ghost", "callback_unreached"]);

/** Why an agent is in his state; '' where the state itself says it. */
export function stateCause(words: Words, agent: AgentView): string {
  const isWorthIt = agent.state === "not_ready" || agent.cause.includes(":") || NOTABLE.has(agent.cause);
  return isWorthIt && agent.cause !== "" ? causeText(words, agent.cause) : "";
}

function split(cause: string): [string, string] {
  const colon = cause.indexOf(":");
  return colon < 0 ? [cause, ""] : [cause.slice(0, colon), cause.slice(colon + 1)];
}

export function productLine(ui: Ui, language: Language, line: string | null): string {
  return line === null ? "" : (ui.product_lines[line]?.[language] ?? line);
}

export function queueText(ui: Ui, language: Language, queue: string | null): string {
  if (!queue) return "";
  const dot = queue.lastIndexOf(".");
  return dot < 0 ? queue : `${productLine(ui, language, queue.slice(0, dot))} ${queue.slice(dot + 1)}`;
}

/** Destinations have names of the configuration's own; those that every hotline has are translated. */
export function destinationText(words: Words, name: string): string {
  return words.destinations[name] ?? name;
}

export function problemText(words: Words, problem: Problem): string {
  const translated = words.problems[problem.code];
  if (!translated) return problem.message;
  return problem.code === "illegal_transition" ? `${translated} (${problem.message})` : translated;
}
