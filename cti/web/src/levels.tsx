// From when on a figure is marked: a colour, a picture and a word each, so that no colour carries meaning alone.
import type { ComponentChildren } from "preact";
import { serverNow, useByTime } from "./clock.ts";
import { Icon } from "./icons.tsx";
import type { AgentView, Limits, QueueView, Supervision, Ui } from "./types.ts";
import { useWords } from "./words.ts";

export type Level = "" | "warn" | "alarm";

const DEFAULTS: Supervision["thresholds"] = {
  waiting: { warn: 3, alarm: 8 },
  longest_wait_seconds: { warn: 30, alarm: 120 },
  expected_wait_seconds: { warn: 60, alarm: 300 },
  service_level: { warn: 0.8, alarm: 0.6 },
  talk_seconds: { warn: 900, alarm: 1800 },
  pause_seconds: { warn: 900, alarm: 2700 },
};

export const limitsOf = (ui: Ui): Supervision["thresholds"] => ui.supervision.thresholds ?? DEFAULTS;
export const formulaOf = (ui: Ui): string => ui.supervision.service_level ?? "of_offered";
export const targetOf = (ui: Ui): number => ui.supervision.target ?? 0.8;

export const above = (value: number, limits: Limits): Level => (value >= limits.alarm ? "alarm" : value >= limits.warn ? "warn" : "");
const below = (value: number, limits: Limits): Level => (value < limits.alarm ? "alarm" : value < limits.warn ? "warn" : "");

/** What is marked about a queue at a moment (milliseconds since 1970). */
export function levelsOf(queue: QueueView, ui: Ui, now: number): Record<"waiting" | "longest" | "expected" | "served", Level> {
  const limits = limitsOf(ui);
  const served = queue.service_levels_now[formulaOf(ui)];
  const waited = queue.longest_waiting_since ? (now - Date.parse(queue.longest_waiting_since)) / 1000 : 0;
  return {
    waiting: above(queue.waiting, limits.waiting),
    longest: above(waited, limits.longest_wait_seconds),
    expected: queue.expected_wait_seconds === null || !queue.waiting ? "" : above(queue.expected_wait_seconds, limits.expected_wait_seconds),
    served: served === null || served === undefined ? "" : below(served, limits.service_level),
  };
}

/** What is marked about a queue now; drawn anew when time alone has changed it. */
export function useLevels(queue: QueueView, ui: Ui): ReturnType<typeof levelsOf> {
  useByTime((now) => levelsOf(queue, ui, now).longest);
  return levelsOf(queue, ui, serverNow());
}

/** What is marked about all queues together. */
export function levelsOfAll(queues: QueueView[], waitedSeconds: number, ui: Ui, now: number): Record<"waiting" | "longest" | "served", Level> {
  const limits = limitsOf(ui);
  const marks = queues.map((queue) => levelsOf(queue, ui, now).waiting);
  const sum = (field: "offered" | "answered_in_time") => queues.reduce((total, queue) => total + queue[field], 0);
  return {
    waiting: marks.includes("alarm") ? "alarm" : marks.includes("warn") ? "warn" : "",
    longest: above(waitedSeconds, limits.longest_wait_seconds),
    served: sum("offered") ? below(sum("answered_in_time") / sum("offered"), limits.service_level) : "",
  };
}

export function levelOfAgent(agent: AgentView, ui: Ui, now: number): Level {
  const limits = limitsOf(ui);
  const seconds = (now - Date.parse(agent.state_since)) / 1000;
  if (agent.state === "talking") return above(seconds, limits.talk_seconds);
  return agent.state === "not_ready" ? above(seconds, limits.pause_seconds) : "";
}

/** A figure with its mark: a triangle for a warning, an octagon for an alarm. */
export function Marked({ level, children }: { level: Level; children: ComponentChildren }) {
  const words = useWords().supervision;
  if (!level) return <>{children}</>;
  return (
    <span class={`marked marked-${level}`}>
      <Icon name={level === "alarm" ? "alarm" : "warning"} size={13} />
      <span class="unseen">{words[level]} </span>
      {children}
    </span>
  );
}
