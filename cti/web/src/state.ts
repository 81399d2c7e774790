// What the page knows, and what each message makes of it. Pure: no sockets, no screen, no clock.
import type { Changed, BoardChanges, AgentStateName, AgentView, Board, Card, DeskMessage, Me, Message, Outcome, Ui } from "./types.ts";

export type Link = "opening" | "open" | "lost";

export interface State {
  me: Me | null;
  ui: Ui;
  agent: AgentView | null;
  card: Card | null;
  /** The offer that came to nothing last, told until the next thing happens. */
  withdrawn: { card: Card; outcome: Outcome; at: string } | null;
  board: Board | null;
  /** Supervisors' messages that the agent has not read, the oldest first. */
  messages: DeskMessage[];
  /** When the last message of any kind was heard, by the page's own clock. */
  heardAt: number;
  link: Link;
}

export const nothing: State = {
  me: null,
  ui: { reasons: [], dispositions: [], languages: [], product_lines: {}, targets: { queues: [], agents: [], destinations: [], outside: [], numbers: false }, incident_texts: {}, supervision: {}, phones: [], calls_back: true, watched: { queues: [], agents: [], product_lines: [], teams: [], everything: true } },
  agent: null,
  card: null,
  withdrawn: null,
  board: null,
  messages: [],
  heardAt: 0,
  link: "opening",
};

const AT_REST = new Set<AgentStateName>(["logged_out", "not_ready", "ready"]);

export type Action =
  | { kind: "message"; message: Message; at: number }
  | { kind: "signed_in"; me: Me }
  | { kind: "signed_out" }
  | { kind: "link"; link: Link }
  | { kind: "told" };

export function next(state: State, action: Action): State {
  switch (action.kind) {
    case "signed_in":
      return { ...nothing, me: action.me };
    case "signed_out":
      return nothing;
    case "link":
      return { ...state, link: action.link };
    case "told":
      return { ...state, withdrawn: null };
    case "message":
      return { ...heard(state, action.message), heardAt: action.at };
  }
}

function heard(state: State, message: Message): State {
  switch (message.kind) {
    case "hello":
      return { ...state, me: message.me, ui: message.ui, messages: [], link: "open" };
    case "agent":
      // An agent at rest has no call: whatever was missed while the connection was lost, his card is over.
      return { ...state, agent: message.agent, card: AT_REST.has(message.agent.state) ? null : state.card };
    case "pop": {
      const { kind: _kind, now: _now, earlier_calls, ...fields } = message;
      return { ...state, withdrawn: null, card: earlier_calls === null ? fields : { ...fields, earlier_calls } };
    }
    case "board":
      return { ...state, board: message.board };
    case "board_changes":
      return { ...state, board: state.board && changed(state.board, message.changes, message.now) };
    case "message": {
      const others = state.messages.filter((one) => one.message !== message.message);
      const { message: id, text, by, at } = message;
      return { ...state, messages: message.to_read ? [...others, { message: id, text, by, at }] : others };
    }
    case "earlier_calls":
      return onCard(state, message.offer, (card) => ({ ...card, earlier_calls: message.earlier_calls }));
    case "call":
      return onCard(state, message.offer, (card) =>
        message.phase === "closed"
          ? null
          : { ...card, phase: message.phase, since: message.since, answered_at: message.answered_at, consult: message.consult, on_hold: message.on_hold, muted: message.muted, recording: message.recording },
      );
    case "pop_withdrawn":
      return state.card?.offer === message.offer
        ? { ...state, card: null, withdrawn: { card: state.card, outcome: message.outcome, at: message.now } }
        : state;
    case "pong":
      return state;
  }
}

function onCard(state: State, offer: string, change: (card: Card) => Card | null): State {
  return state.card?.offer === offer ? { ...state, card: change(state.card) } : state;
}

/** The board with its changed parts put over it; a part that is as it was stays the same object. */
function changed(board: Board, changes: BoardChanges, at: string): Board {
  return {
    at,
    calls: rows(board.calls, changes.calls, (row) => row.call),
    agents: rows(board.agents, changes.agents, (row) => row.agent),
    queues: rows(board.queues, changes.queues, (row) => row.queue),
    promises: rows(board.promises, changes.promises, (row) => row.call),
    incidents: rows(board.incidents, changes.incidents, (row) => row.incident),
    messages: rows(board.messages, changes.messages, (row) => row.message),
  };
}

/** Rows keep their places; new ones come last. */
function rows<Row>(before: Row[], change: Changed<Row> | null | undefined, key: (row: Row) => string): Row[] {
  if (!change) return before;
  const gone = new Set(change.gone);
  const put = new Map(change.put.map((row) => [key(row), row]));
  const kept = before.filter((row) => !gone.has(key(row))).map((row) => put.get(key(row)) ?? row);
  const known = new Set(before.map(key));
  return [...kept, ...change.put.filter((row) => !known.has(key(row)))];
}
