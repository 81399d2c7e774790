// What the server sends, as cti/api_messages.py writes it. Times are ISO 8601 in UTC.

export type AgentStateName = "logged_out" | "not_ready" | "ready" | "reserved" | "talking" | "wrap_up";
export type CallStateName = "menu" | "waiting" | "offered" | "talking" | "consulting" | "after" | "promised" | "calling_back" | "diverted" | "ended";
export type Phase = "offered" | "ringing" | "talking" | "wrap_up" | "closed";
export type Outcome = "missed" | "rescinded" | "failed";
export type Language = "zh" | "en";

export interface Me {
  name: string;
  role: string;
  agent: string | null;
  language: string;
  supervises: boolean;
  teams: string[];
  sees_numbers: boolean;
}

export interface Ui {
  reasons: string[];
  dispositions: string[];
  languages: string[];
  product_lines: Record<string, Record<string, string>>;
  targets: Targets;
  /** Prepared text of an incident -> language -> what it says. */
  incident_texts: Record<string, Record<string, string>>;
  supervision: Partial<Supervision>;
  phones: string[];
  /** Whether there is a line on which customers can be called. */
  calls_back: boolean;
  /** What this person may steer, look at and filter by. */
  watched: { queues: string[]; agents: string[]; product_lines: string[]; teams: string[]; everything: boolean };
}

/** Where a call can be handed on to. */
export interface Targets {
  queues: { queue: string; product_line: string; level: string; label: Record<string, string> }[];
  agents: { agent: string; name: string; team: string }[];
  destinations: string[];
  /** Those of them where somebody can be asked first. */
  outside: string[];
  /** Whether a number can be keyed. */
  numbers: boolean;
}

/** What goes with a call that is handed on. */
export interface Packet {
  tried: string;
  serial: string;
  fault_code: string;
  notes: string;
}

export type ConsultStateName = "asked" | "ringing" | "talking" | "conference" | "completed" | "back" | "over";

/** An engineer asks another one about his call, or somebody `outside` the house (then `consulted` is null); `why` is what happened last. */
export interface Consult {
  agent: string;
  consulted: string | null;
  outside: string;
  state: ConsultStateName;
  why: string;
}

export interface Handover extends Packet {
  by: string | null;
}

export interface AgentView {
  agent: string;
  name: string;
  team: string;
  state: AgentStateName;
  state_since: string;
  cause: string;
  phone: string | null;
  phone_reachable: boolean;
  desk_connected: boolean;
  call: string | null;
  calls_taken: number;
  wrap_up_ends_at: string | null;
  rung: number;
  rung_in_time: number;
}

/** One part of an explanation, as acd/reason.py has it: the words are the page's own. */
export interface Reason {
  code: string;
  count: number;
  name: string;
  need: string;
  agents: string[];
  seconds: number;
}

export interface CallView {
  call: string;
  state: CallStateName;
  state_since: string;
  ani: string;
  ani_name: string;
  dnis: string;
  entry: string;
  arrived_at: string;
  queued_at: string | null;
  queue: string | null;
  product_line: string | null;
  level: string | null;
  language: string | null;
  segment: string;
  urgent: boolean;
  agent: string | null;
  step: string | null;
  why_waiting: string;
  reasons: Reason[];
  /** Whom it waits for alone. */
  assigned_to: string | null;
  raised_seconds: number;
  watches: WatchView[];
}

export type WatchMode = "listen" | "whisper" | "barge";

/** A supervisor's phone at a conversation; `on` once it was answered. */
export interface WatchView {
  phone: string;
  mode: WatchMode;
  by: string;
  since: string;
  on: boolean;
}

export interface Limits {
  warn: number;
  alarm: number;
}

/** The configuration's section of that name. */
export interface Supervision {
  listening: boolean;
  service_level: string;
  target: number;
  thresholds: Record<"waiting" | "longest_wait_seconds" | "expected_wait_seconds" | "service_level" | "talk_seconds" | "pause_seconds", Limits>;
}

export interface DeskMessage {
  message: string;
  text: string;
  by: string;
  at: string;
}

export interface MessageView extends DeskMessage {
  to: string[];
  read: string[];
}

/** How calls were served, by half hours. */
export interface PerformanceRow {
  group: string;
  start: string;
  end: string;
  figures: Record<string, number | null>;
}

export interface DayReport {
  rows: PerformanceRow[];
  line: PerformanceRow[];
  total: Record<string, number | null>;
}

export interface QueueView {
  queue: string;
  product_line: string;
  level: string;
  waiting: number;
  longest_waiting_since: string | null;
  ringing: number;
  talking: number;
  agents_ready: number;
  offered: number;
  answered: number;
  answered_in_time: number;
  abandoned: number;
  /** Formula -> share, 0 to 1. */
  service_levels: Record<string, number | null>;
  announced: number;
  announced_right: number;
  announcing: boolean;
  rung: number;
  rung_in_time: number;
  expected_wait_seconds: number | null;
  /** As service_levels, of the last half hour. */
  service_levels_now: Record<string, number | null>;
  agents: Partial<Record<AgentStateName, number>>;
  is_open: boolean;
  switched: { opened: boolean; until: string | null; by: string; why: string; since: string } | null;
  can_close: boolean;
}

/** One promised callback; those whose customers were not reached stay for the rest of the day. */
export interface PromiseView {
  call: string;
  number: string;
  ani_name: string;
  queue: string | null;
  state: "promised" | "dialling" | "reached" | "given_up" | "cancelled";
  state_since: string;
  promised_at: string;
  attempts: number;
  unreached: number;
  most_attempts: number;
  next_at: string | null;
  agent: string | null;
  order: "customer_first" | "agent_first";
  /** An agent promised it, for a certain time. */
  promised_by: string | null;
  due_at: string | null;
  note: string;
}

/** A fault that the callers of a product line hear of, or heard of until it was solved. */
export interface IncidentView {
  incident: string;
  product_line: string;
  text: string;
  declared_at: string;
  declared_by: string;
  heard: number;
  numbers: number;
  solved_at: string | null;
  solved_by: string;
  /** Somebody is still to be told. */
  telling: boolean;
  told: number;
  engineers: number;
  in_vain: number;
}

export type NewsState = "noted" | "due" | "ringing" | "told" | "engineer" | "in_vain";

export interface IncidentReport {
  incident: IncidentView;
  /** Who wants to be told when it is solved, and how far that is. */
  numbers: { number: string; at: string; state: NewsState; attempts: number }[];
  can_tell: boolean;
}

export interface Board {
  at: string;
  promises: PromiseView[];
  calls: CallView[];
  agents: AgentView[];
  queues: QueueView[];
  incidents: IncidentView[];
  messages: MessageView[];
}

export interface Changed<Row> {
  put: Row[];
  gone: string[];
}

/** The parts of the board that have changed. */
export type BoardChanges = { [Part in Exclude<keyof Board, "at">]?: Changed<Board[Part][number]> | null };

export interface EarlierCall {
  at: string;
  queue: string | null;
  agent: string | null;
  outcome: string;
}

/** A customer, as a source outside of the house knows him; '' for what it does not say. */
export interface Customer {
  id: string;
  name: string;
  tier: string;
  language: string;
  products: string[];
  /** To each product, the day its warranty ends (`2027-03-31`), or ''. */
  warranties: string[];
  cases: { id: string; product_line: string; level: string; engineer: string | null; subject: string }[];
  promises: { what: string; due_at: string }[];
}

/** A callback that the house has promised. */
export interface Promised {
  by: string;
  due_at: string;
  note: string;
}

export interface OwnPromise {
  call: string;
  number: string;
  ani_name: string;
  queue: string | null;
  state: PromiseView["state"];
  due_at: string;
  note: string;
}

/** What I have promised, and what can be promised with one click; `local` and `now` are what the queue's clocks show. */
export interface OwnPromises {
  promises: OwnPromise[];
  possible: boolean;
  usual: { name: string; at: string; local: string }[];
  now: string;
}

/** My figures of today, as cti/api_own_figures.py names them, and what is aimed at. */
export interface OwnFigures {
  figures: Record<string, number | null>;
  targets: Record<string, number>;
}

export interface Taker {
  agent: string;
  name: string;
  team: string;
  state: AgentStateName;
}

export interface Takers {
  queues: { queue: string; product_line: string; level: string; words: string[]; waiting: number; is_open: boolean; agents: string[] }[];
  agents: Taker[];
}

export interface Card {
  offer: string;
  call: string;
  agent: string;
  ani: string;
  ani_name: string;
  dnis: string;
  entry: string;
  path: { menu: string; digits: string; choice: string }[];
  product_line: string;
  level: string;
  language: string;
  segment: string;
  urgent: boolean;
  arrived_at: string;
  waited_seconds: number;
  why_you: string;
  reasons: Reason[];
  attempt: number;
  handover: Handover | null;
  /** How often it came back to a queue that had handed it on. */
  bounces: number;
  /** Who it may be that calls. */
  customers: Customer[];
  /** Id of the one who does, '' when that is not known. */
  customer: string;
  /** Id of the open case that he goes on with, or ''. */
  case: string;
  /** The engineer who has the call, and asks this one. */
  consulted_by: string | null;
  /** The number that is called back; '' unless it is a promised callback. */
  callback: string;
  callback_order: "customer_first" | "agent_first";
  /** The promise that this callback keeps. */
  promise: Promised | null;
  /** Callbacks promised to this number that are to come. */
  promises: Promised[];
  phase: Phase;
  since: string;
  answered_at: string | null;
  consult: Consult | null;
  on_hold: boolean;
  muted: boolean;
  recording: Recorded;
  /** The company's own page about the caller. */
  link: { address: string; opens_by_itself: boolean } | null;
  /** undefined while they are being looked up, null when they could not be. */
  earlier_calls?: EarlierCall[] | null;
}

/** Whether the talk is recorded: not at all, just now, or not for a while. */
export type Recorded = "" | "on" | "paused";

export type Message = { now: string } & (
  | { kind: "hello"; me: Me; ui: Ui }
  | { kind: "pong" }
  | { kind: "agent"; agent: AgentView }
  | ({ kind: "pop"; earlier_calls: EarlierCall[] | null } & Omit<Card, "earlier_calls">)
  | { kind: "earlier_calls"; offer: string; earlier_calls: EarlierCall[] | null }
  | { kind: "pop_withdrawn"; offer: string; outcome: Outcome }
  | { kind: "call"; offer: string; call: string; phase: Phase; since: string; answered_at: string | null; consult: Consult | null; on_hold: boolean; muted: boolean; recording: Recorded }
  | ({ kind: "message"; to_read: boolean } & DeskMessage)
  | { kind: "board"; board: Board }
  | { kind: "board_changes"; changes: BoardChanges }
);

export type Said = { kind: "ping" } | { kind: "pop_shown"; offer: string };

export interface Misroutes {
  rows: {
    dnis: string;
    entry: string;
    choices: string;
    first_queue: string;
    queue: string;
    resolver: string;
    calls: number;
    transfers: number;
    wasted_seconds: number;
    misrouted: boolean;
  }[];
}

export interface Bypass {
  calls: number;
  rows: { dnis: string; entry: string; calls: number; answered: number }[];
}

export interface Resolution {
  rate: number | null;
}

export interface FigureColumn {
  name: string;
  unit: "count" | "seconds" | "share";
  definition: string;
}

/** A group in a period; times are those of the report's zone, with their offset. */
export interface PerformanceRow {
  group: string;
  start: string;
  end: string;
  figures: Record<string, number | null>;
}

export interface Performance {
  since: string;
  until: string;
  zone: string;
  by: string;
  interval: string;
  columns: FigureColumn[];
  rows: PerformanceRow[];
  line: PerformanceRow[];
  total: Record<string, number | null>;
}
