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

export async function ask<Answer>(method: "GET" | "POST", path: string, body?: object, key = ""): Promise<Answer> {
  const request: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json", ...(key && { "Idempotency-Key": key }) } };
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

const AGAIN_AFTER = [300, 700, 1500, 3000]; // milliseconds
const GATEWAYS = [502, 503, 504];

/** An action that is done once: with a key of its own it is sent again when the connection was lost before the answer came. */
export async function act<Answer>(path: string, body?: object): Promise<Answer> {
  const key = newKey();
  for (const pause of AGAIN_AFTER) {
    try {
      return await ask<Answer>("POST", path, body, key);
    } catch (failure) {
      if (!isLost(failure)) throw failure;
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
  return ask<Answer>("POST", path, body, key);
}

/** Nobody has answered, or a proxy says that nobody does. */
const isLost = (failure: unknown) => failure instanceof Problem && (failure.status === 0 || (failure.code === "http" && GATEWAYS.includes(failure.status)));

/** Not `randomUUID`, which pages have only over HTTPS. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function problemOf(response: Response): Promise<Problem> {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  const told = isProblem ? ((await response.json()) as { code: string; detail: string }) : null;
  return new Problem(response.status, told?.code ?? "http", told?.detail ?? response.statusText);
}

export const logout = () => ask<void>("POST", "/api/logout");
export const me = () => ask<Me>("GET", "/api/me");
export const openWall = (token: string) => ask<Me>("POST", "/api/wall", { token });

export const sitDown = (phone: string | null) => act<AgentView>("/api/desk/login", phone ? { phone } : {});
export const standUp = () => act<AgentView>("/api/desk/logout");
export const goReady = () => act<AgentView>("/api/desk/ready");
export const goNotReady = (reason: string) => act<AgentView>("/api/desk/not-ready", { reason });
export const endWrapUp = (disposition: string, note: string) =>
  act<AgentView>("/api/desk/wrap-up/end", { disposition, note });
export const extendWrapUp = (seconds: number) => act<AgentView>("/api/desk/wrap-up/extend", { seconds });

export const answer = (offer: string) => act<AgentView>("/api/desk/answer", { offer });
export const hold = (on: boolean) => act<AgentView>("/api/desk/hold", { on });
export const pauseRecording = (on: boolean) => act<AgentView>("/api/desk/recording/pause", { on });
export const mute = (on: boolean) => act<AgentView>("/api/desk/mute", { on });
export const handOn = (to: Record<string, string>, packet: Packet) => act<AgentView>("/api/desk/transfer", { to, ...packet });
export const askFirst = (to: Record<string, string>, packet: Packet) => act<AgentView>("/api/desk/consult", { to, ...packet });
export const giveOver = () => act<AgentView>("/api/desk/consult/complete");
export const confer = () => act<AgentView>("/api/desk/consult/conference");
export const goBack = () => act<AgentView>("/api/desk/consult/back");
export const acknowledge = (offer: string) => act<AgentView>("/api/desk/handover/acknowledge", { offer });

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
export const callOff = (call: string, reason: string) => act<void>(`/api/callbacks/${encodeURIComponent(call)}/cancel`, { reason });
export const forceState = (agent: string, state: string, reason: string, why = "") =>
  act<AgentView>(`/api/agents/${encodeURIComponent(agent)}/state`, { state, reason, why });

const onCall = (call: string, what: string, body: object) => act<CallView | null>(`/api/calls/${encodeURIComponent(call)}/${what}`, body);
export const assign = (call: string, agent: string | null, why: string) => onCall(call, "assign", { agent, why });
export const moveCall = (call: string, queue: string, why: string) => onCall(call, "queue", { queue, why });
export const raiseCall = (call: string, seconds: number, why: string) => onCall(call, "head-start", { seconds, why });
export const hangUp = (call: string, why: string) => onCall(call, "hang-up", { why });
export const takeOver = (call: string, phone: string, why: string) => onCall(call, "take-over", { phone, why });
export const watch = (call: string, mode: WatchMode, phone: string, why: string) => onCall(call, "watch", { mode, phone, why });
export const stopWatching = (call: string, phone: string) => onCall(call, "watch/end", { phone });
export const switchQueue = (queue: string, state: string, until: string | null, why: string) =>
  act<QueueView>(`/api/queues/${encodeURIComponent(queue)}/switch`, { state, until, why });
export const sendMessage = (text: string, team: string) => act<MessageView>("/api/messages", { text, team });
export const readMessage = (message: string) => act<void>(`/api/desk/messages/${encodeURIComponent(message)}/read`);
export const dayReport = (day: string) => ask<DayReport>("GET", `/api/reports/performance?since=${day}&until=${day}&interval=30&by=queue`);
export const declareIncident = (productLine: string, text: string) =>
  act<IncidentView>("/api/incidents", { product_line: productLine, text });
export const solveIncident = (incident: string, tell: boolean) =>
  act<IncidentReport>(`/api/incidents/${encodeURIComponent(incident)}/solved`, { tell });
export const incidentReport = (incident: string) => ask<IncidentReport>("GET", `/api/incidents/${encodeURIComponent(incident)}`);
