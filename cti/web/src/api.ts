// Requests to the engine's HTTP side. A refusal is a Problem with the code that the words' table translates.
import type { AgentView, Bypass, CallView, DayReport, IncidentReport, IncidentView, Me, MessageView, Misroutes, OwnFigures, OwnPromises, Packet, Takers, QueueView, Reason, Performance, Resolution, WatchMode } from "./types.ts";

export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export async function ask<Answer>(method: "GET" | "POST", path: string, body?: object): Promise<Answer> {
  const request: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json" } };
  if (body) {
    request.body = JSON.stringify(body);
    request.headers = { ...request.headers, "Content-Type": "application/json" };
  }
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Problem(0, "unreachable", "the server can't be reached");
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<Problem> {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  const told = isProblem ? ((await response.json()) as { code: string; detail: string }) : null;
  return new Problem(response.status, told?.code ?? "http", told?.detail ?? response.statusText);
}

export const logout = () => ask<void>("POST", "/api/logout");
export const me = () => ask<Me>("GET", "/api/me");

export const sitDown = (phone: string | null) => ask<AgentView>("POST", "/api/desk/login", phone ? { phone } : {});
export const standUp = () => ask<AgentView>("POST", "/api/desk/logout");
export const goReady = () => ask<AgentView>("POST", "/api/desk/ready");
export const goNotReady = (reason: string) => ask<AgentView>("POST", "/api/desk/not-ready", { reason });
export const endWrapUp = (disposition: string, note: string) =>
  ask<AgentView>("POST", "/api/desk/wrap-up/end", { disposition, note });
export const extendWrapUp = (seconds: number) => ask<AgentView>("POST", "/api/desk/wrap-up/extend", { seconds });

export const answer = (offer: string) => ask<AgentView>("POST", "/api/desk/answer", { offer });
export const hold = (on: boolean) => ask<AgentView>("POST", "/api/desk/hold", { on });
export const pauseRecording = (on: boolean) => ask<AgentView>("POST", "/api/desk/recording/pause", { on });
export const mute = (on: boolean) => ask<AgentView>("POST", "/api/desk/mute", { on });
export const handOn = (to: Record<string, string>, packet: Packet) => ask<AgentView>("POST", "/api/desk/transfer", { to, ...packet });
export const askFirst = (to: Record<string, string>, packet: Packet) => ask<AgentView>("POST", "/api/desk/consult", { to, ...packet });
export const giveOver = () => ask<AgentView>("POST", "/api/desk/consult/complete");
export const confer = () => ask<AgentView>("POST", "/api/desk/consult/conference");
export const goBack = () => ask<AgentView>("POST", "/api/desk/consult/back");
export const acknowledge = (offer: string) => ask<AgentView>("POST", "/api/desk/handover/acknowledge", { offer });

export const ownFigures = () => ask<OwnFigures>("GET", "/api/desk/figures");
export const ownPromises = () => ask<OwnPromises>("GET", "/api/desk/callbacks");
export const promise = (at: string, note: string) => ask<void>("POST", "/api/desk/callbacks", { at, note });
export const takers = () => ask<Takers>("GET", "/api/desk/takers");

export const misroutes = (period: string) => ask<Misroutes>("GET", `/api/reports/misroutes?${period}`);
export const bypass = (period: string) => ask<Bypass>("GET", `/api/reports/bypass?${period}`);
export const resolution = (period: string) => ask<Resolution>("GET", `/api/reports/resolution?${period}`);

export const performance = (query: string) => ask<Performance>("GET", `/api/reports/performance?${query}`);

export const explanation = (call: string) =>
  ask<{ reasons: Reason[] }>("GET", `/api/calls/${encodeURIComponent(call)}/explanation`);
export const callOff = (call: string, reason: string) => ask<void>("POST", `/api/callbacks/${encodeURIComponent(call)}/cancel`, { reason });
export const forceState = (agent: string, state: string, reason: string, why = "") =>
  ask<AgentView>("POST", `/api/agents/${encodeURIComponent(agent)}/state`, { state, reason, why });

const onCall = (call: string, what: string, body: object) => ask<CallView | null>("POST", `/api/calls/${encodeURIComponent(call)}/${what}`, body);
export const assign = (call: string, agent: string | null, why: string) => onCall(call, "assign", { agent, why });
export const moveCall = (call: string, queue: string, why: string) => onCall(call, "queue", { queue, why });
export const raiseCall = (call: string, seconds: number, why: string) => onCall(call, "head-start", { seconds, why });
export const hangUp = (call: string, why: string) => onCall(call, "hang-up", { why });
export const takeOver = (call: string, phone: string, why: string) => onCall(call, "take-over", { phone, why });
export const watch = (call: string, mode: WatchMode, phone: string, why: string) => onCall(call, "watch", { mode, phone, why });
export const stopWatching = (call: string, phone: string) => onCall(call, "watch/end", { phone });
export const switchQueue = (queue: string, state: string, until: string | null, why: string) =>
  ask<QueueView>("POST", `/api/queues/${encodeURIComponent(queue)}/switch`, { state, until, why });
export const sendMessage = (text: string, team: string) => ask<MessageView>("POST", "/api/messages", { text, team });
export const readMessage = (message: string) => ask<void>("POST", `/api/desk/messages/${encodeURIComponent(message)}/read`);
export const dayReport = (day: string) => ask<DayReport>("GET", `/api/reports/performance?since=${day}&until=${day}&interval=30&by=queue`);
export const declareIncident = (productLine: string, text: string) =>
  ask<IncidentView>("POST", "/api/incidents", { product_line: productLine, text });
export const solveIncident = (incident: string, tell: boolean) =>
  ask<IncidentReport>("POST", `/api/incidents/${encodeURIComponent(incident)}/solved`, { tell });
export const incidentReport = (incident: string) => ask<IncidentReport>("GET", `/api/incidents/${encodeURIComponent(incident)}`);
