// Requests and types of scoring.
import { act, ask } from "./api.ts";
import type { Language } from "./types.ts";

type Texts = Record<string, string>;

export interface Criterion {
  name: string;
  kind: "points" | "yes_no" | "fatal";
  label: Texts;
  hint: Texts;
  most: number;
  weight: number;
  may_not_apply: boolean;
}

export interface Form {
  name: string;
  version: string;
  label: Texts;
  criteria: Criterion[];
}

export interface ToScore {
  recording: string;
  call: string;
  agent: string;
  queue: string;
  held_at: string;
  talk_seconds: number;
  form: string;
}

export interface ToScoreList {
  conversations: ToScore[];
  forms: Record<string, Form>;
  scorers: number;
}

export interface Score {
  id: number;
  recording: string;
  scorer: string;
  revision: number;
  call: string;
  agent: string;
  queue: string;
  held_at: string;
  form: string;
  version: string;
  answers: Answers;
  comment: string;
  total: number;
  at: string;
}

export interface ScorePage {
  scores: Score[];
  forms: Record<string, Form>;
  next: string | null;
}

export interface RecordingScores extends ScorePage {
  /** One's own can be replaced still. */
  replaceable: boolean;
}

export interface OwnScore {
  held_at: string;
  queue: string;
  total: number;
  comment: string;
  at: string;
}

export interface ScoreReport {
  since: string;
  until: string;
  agents: { agent: string; scored: number; average: number; lowest: number }[];
}

export interface AgreementRow {
  form: string;
  criterion: string;
  label: Texts;
  kind: Criterion["kind"];
  most: number;
  conversations: number;
  share: number | null;
  kappa: number | null;
  too_few: boolean;
}

export interface Agreement {
  since: string;
  until: string;
  scorers: number;
  pairs: {
    first: string;
    second: string;
    conversations: number;
    criteria: AgreementRow[];
  }[];
}

export interface Draw {
  week: string;
  until: string;
  thrown_at: string;
  sealed: string;
  seed: string | null;
  drawn_at: string | null;
  of: number | null;
  digest: string | null;
  command: string | null;
}

export interface DrawnRow {
  agent: string;
  conversation: string;
  queue: string;
  at: string;
  number: number;
  of: number;
  second_scorer: boolean | null;
}

/** Criterion -> points, 1 and 0 for yes and no, null where it did not apply. */
export type Answers = Record<string, number | null>;

const of = (recording: string) => `/api/quality/recordings/${encodeURIComponent(recording)}/scores`;
export const toScore = () => ask<ToScoreList>("GET", "/api/quality/to-score");
export const scores = (query: Record<string, string>) => ask<ScorePage>("GET", `/api/quality/scores?${new URLSearchParams(query)}`);
export const scoresOf = (recording: string) => ask<RecordingScores>("GET", of(recording));
export const ownScores = () => ask<{ scores: OwnScore[] }>("GET", "/api/desk/scores");
export const report = (period: string) => ask<ScoreReport>("GET", `/api/quality/report?${period}`);
export const agreement = (period: string) => ask<Agreement>("GET", `/api/quality/agreement?${period}`);
export const draws = () => ask<Draw[]>("GET", "/api/quality/draws");
export const drawnIn = (week: string) => ask<DrawnRow[]>("GET", `/api/quality/draws/${week}`);
export const giveScore = (recording: string, form: string, answers: Answers, comment: string, supersedes: number | null) => {
  const listed = Object.entries(answers).map(([criterion, answer]) => ({ criterion, answer }));
  return act<Score>(of(recording), { form, answers: listed, comment, supersedes });
};

export const inLanguage = (texts: Texts, language: Language) => texts[language] ?? Object.values(texts)[0] ?? "";
export const percent = (total: number) => `${Math.round(total)} %`;
