// Small pictures, each drawn in a 16 x 16 box. They never stand alone: a word or a label goes with them.
import type { AgentStateName } from "./types.ts";

const shapes = {
  ready: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M4.8 8.2l2.2 2.3 4.2-4.6",
  not_ready: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M6.2 5.5v5M9.8 5.5v5",
  reserved: "M8 2a4 4 0 0 0-4 4v3l-1.3 2.5h10.6L12 9V6a4 4 0 0 0-4-4M6.6 13.6a1.5 1.5 0 0 0 2.8 0",
  talking: "M4.2 1.8 6 5 4.6 6.4a9 9 0 0 0 5 5L11 10l3.2 1.8-.6 2.1c-.2.5-.7.8-1.2.7C6.7 14 2 9.3 1.4 3.6c-.1-.5.2-1 .7-1.2z",
  wrap_up: "M10.8 2.2l3 3L5.5 13.5l-3.8.8.8-3.8zM9 4l3 3",
  logged_out: "M8 1.8v5.7M4.5 3.8a5.5 5.5 0 1 0 7 0",
  desk: "M1.8 2.5h12.4v8.5H1.8zM5.5 13.8h5M8 11v2.8",
  desk_off: "M1.8 2.5h12.4v8.5H1.8zM5.5 13.8h5M8 11v2.8M1.5 14.5 14.5 1.5",
  menu: "M2 4h12M2 8h12M2 12h8",
  waiting: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 4.5V8l2.4 1.8",
  transfer: "M2 5.5h10.5M9.5 2.5l3 3-3 3M14 10.5H3.5M6.5 7.5l-3 3 3 3",
  link: "M9.5 2.5h4v4M13.5 2.5 7 9M11.5 9.5v4h-9v-9h4",
  hold: "M5 2.5v11M11 2.5v11",
  muted: "M8 1.8a2 2 0 0 1 2 2v4a2 2 0 0 1-4 0v-4a2 2 0 0 1 2-2M3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.5M1.5 1.5l13 13",
  recording: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  paused: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M6.2 5.5v5M9.8 5.5v5",
  alarm: "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM8 4.5v4.2M8 11v.4",
  listen: "M2 9.5V8a6 6 0 0 1 12 0v1.5M2 9.5h2.5v4.5H3a1 1 0 0 1-1-1zM14 9.5h-2.5v4.5H13a1 1 0 0 0 1-1z",
  closed: "M3.5 7.5h9v6.5h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  sound: "M2 6h2.5L8 3v10l-3.5-3H2zM10.5 5.5a3.5 3.5 0 0 1 0 5M12.5 3.5a6.4 6.4 0 0 1 0 9",
  silent: "M2 6h2.5L8 3v10l-3.5-3H2zM11 6l3.5 4M14.5 6 11 10",
  hang_up: "M1.5 9.2c3.6-3.6 9.4-3.6 13 0 .4.4.4 1 .1 1.4l-1 1.2c-.3.4-.9.5-1.3.2l-1.9-1.2V8.9a8 8 0 0 0-4.8 0v1.9L3.7 12c-.4.3-1 .2-1.3-.2l-1-1.2c-.3-.4-.3-1 .1-1.4z",
  warning: "M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.6v.4",
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}

export const iconOfState: Record<AgentStateName, IconName> = {
  logged_out: "logged_out",
  not_ready: "not_ready",
  ready: "ready",
  reserved: "reserved",
  talking: "talking",
  wrap_up: "wrap_up",
};
