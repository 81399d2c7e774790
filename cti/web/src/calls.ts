// Calls of the past and of this moment: what the engine tells of them, and how a line of a call's story is worded.
import { ask } from "./api.ts";
import { needText } from "./reasons.ts";
import type { Language, Ui } from "./types.ts";
import { en, type CallWords } from "./words.calls.en.ts";
import { zh } from "./words.calls.zh.ts";
import { destinationText, productLine, queueText, useSpeech, type Words } from "./words.ts";

export interface CallRow {
  id: string;
  state: string;
  outcome: string;
  arrived_at: string;
  queued_at: string | null;
  answered_at: string | null;
  talk_ended_at: string | null;
  ended_at: string | null;
  end_cause: string | null;
  ani: string;
  ani_name: string;
  dnis: string;
  entry: string;
  path: [string, string, string][];
  product_line: string | null;
  level: string | null;
  language: string | null;
  customer: string | null;
  first_queue: string | null;
  queue: string | null;
  agent: string | null;
  offers: number;
  transfers: number;
  survey_score: number | null;
  survey_solved: boolean | null;
}

export interface CallPage {
  since: string;
  until: string;
  calls: CallRow[];
  next: string | null;
}

export interface StoryLine {
  sequence: number;
  at: string;
  after_seconds: number;
  decided: boolean;
  kind: string;
  fields: Record<string, unknown>;
  text: string[];
}

export interface CallStory {
  call: CallRow;
  story: StoryLine[];
}

export const calls = (query: string) => ask<CallPage>("GET", `/api/calls?${query}`);
export const story = (call: string) => ask<CallStory>("GET", `/api/calls/${encodeURIComponent(call)}`);
/** Where a call's story is on these pages. */
export const storyLink = (call: string) => `#calls/${encodeURIComponent(call)}`;

const tables: Record<Language, CallWords> = { en, zh };
export const useCallWords = (): CallWords => tables[useSpeech().language];

/** The fields of a line, each as a text that a person reads; '' for what is not there. */
export type Named = Record<string, string>;

export interface Speaker {
  ui: Ui;
  language: Language;
  words: Words;
  own: CallWords;
}

export const nameOf = (ui: Ui, agent: unknown) => ui.targets.agents.find((row) => row.agent === agent)?.name ?? String(agent);

/** How single fields are said; the others as they are. */
const SAID: Record<string, (value: string, speaker: Speaker, line: StoryLine) => string> = {
  agent: (value, { ui }) => nameOf(ui, value),
  consulted: (value, { ui }) => nameOf(ui, value),
  preferred_agent: (value, { ui }) => nameOf(ui, value),
  by: (value, { ui }) => nameOf(ui, value),
  queue: (value, { ui, language }) => queueText(ui, language, value),
  product_line: (value, { ui, language }) => productLine(ui, language, value),
  language: (value, { words }) => words.languages[value] ?? value,
  need: (value, { words, ui, language }) => needText(words, ui, language, value),
  destination: (value, { words }) => destinationText(words, value),
  outside: (value, { words }) => destinationText(words, value),
  disposition: (value, { words }) => words.dispositions[value] ?? value,
  cause: (value, { words }) => words.misses[value] ?? words.outcomes[value] ?? value,
  state: (value, { words, own }, { kind }) => (kind === "CallChanged" ? (words.callStates as Record<string, string>)[value] : own.states[value]) ?? value,
  mode: (value, { words }) => (words.supervision.orders as Record<string, string>)[value] ?? value,
  what: (value, { own }) => own.what[value] ?? value,
  question: (value, { own }) => own.questions[value] ?? value,
  waited_seconds: (value) => Number(value).toFixed(0),
};

/** A line in the page's language; in the engine's English where the page has no words for it. */
export function told(line: StoryLine, speaker: Speaker): string {
  const say = speaker.own.told[line.kind];
  return say ? say(named(line, speaker)) : line.text.join(" ");
}

function named(line: StoryLine, speaker: Speaker): Named {
  const fields = line.fields;
  const said: Named = {};
  for (const [key, value] of Object.entries(fields)) {
    const plain = typeof value === "string" || typeof value === "number" ? String(value) : value === true ? "true" : "";
    said[key] = plain && SAID[key] ? SAID[key](plain, speaker, line) : plain;
  }
  if (line.kind === "SurveyAnswered" && fields.question === "solved") said.answer = speaker.own.solved(fields.answer === "1");
  said.cause ||= SAID.cause!(String(fields.miss_cause ?? ""), speaker, line);
  said.to ||= whereTo(fields, speaker);
  said.decided = line.kind === "OfferMade" ? decidedBy(fields, speaker) : "";
  said.customers = Array.isArray(fields.customers) ? fields.customers.map((one: { name?: string; id: string }) => one.name || one.id).join(speaker.words.comma) : "";
  return new Proxy(said, { get: (all, key) => all[String(key)] ?? "" });
}

function whereTo({ to_queue, to_agent, to_destination, to_number }: Record<string, unknown>, { ui, language, words }: Speaker): string {
  const parts = [
    to_queue && queueText(ui, language, String(to_queue)),
    to_agent && nameOf(ui, to_agent),
    to_destination && destinationText(words, String(to_destination)),
    to_number,
  ];
  return parts.filter(Boolean).join(" ");
}

function decidedBy({ strategy, candidate_count, rule }: Record<string, unknown>, { own }: Speaker): string {
  const count = Number(candidate_count);
  const code = !strategy ? "by_name" : count === 1 ? "only_free" : String(strategy);
  return own.decidedBy[code]?.(count) ?? String(rule);
}

interface Skipped {
  reason: string;
  count: number;
  agents: string[];
}

/** What is told below a line: an offer's reasons, a packet, a note. */
export function details({ kind, fields }: StoryLine, { ui, language, words, own }: Speaker): string[] {
  const names = (agents: unknown) => (Array.isArray(agents) ? agents.map((agent) => nameOf(ui, agent)).join(words.comma) : "");
  if (kind === "OfferMade")
    return [
      ...(fields.step ? [own.stepAsks(needText(words, ui, language, String(fields.need)), Number(fields.waited_seconds).toFixed(0))] : []),
      own.couldTake(names(fields.candidates), Number(fields.candidate_count)),
      ...(fields.skipped as Skipped[]).filter((group) => group.count).map((group) => own.passedOver(own.skipped[group.reason] ?? group.reason, group.count, names(group.agents))),
      ...(fields.calls_ahead ? [own.callsAhead(Number(fields.calls_ahead))] : []),
    ];
  if (kind === "WrapUpEnded") return fields.note ? [String(fields.note)] : [];
  const packet = kind === "HandedOn" ? null : (fields.handover as Record<string, string> | null | undefined);
  return Object.entries(own.packet).flatMap(([key, label]) => (packet?.[key] ? [`${label}${words.colon}${packet[key]}`] : []));
}
