// A tone and a word for screen readers when a figure becomes an alarm, and the switch that silences it. It sounds once for each figure, not for as long as it lasts.
import { useEffect, useRef, useState } from "preact/hooks";
import { useNow } from "./clock.ts";
import { Icon } from "./icons.tsx";
import { levelsOf } from "./levels.tsx";
import type { QueueView, Ui } from "./types.ts";
import { queueText, useSpeech } from "./words.ts";

const KEPT_AS = "hotline.sound";
const HERTZ = [660, 520];

/** Two soft beeps, made here: no file is needed, and browsers that forbid it stay silent. */
function beep(): void {
  const context = new AudioContext();
  HERTZ.forEach((hertz, place) => {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const begin = context.currentTime + place * 0.22;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, begin);
    volume.gain.exponentialRampToValueAtTime(0.12, begin + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.2);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.21);
  });
  setTimeout(() => void context.close(), 1000);
}

export function Alarm({ queues, ui }: { queues: QueueView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const figures: Record<string, string> = { waiting: words.columns.waiting, longest: words.columns.longest, expected: own.expected, served: own.levelNow };
  const now = useNow();
  const [on, setOn] = useState(() => localStorage.getItem(KEPT_AS) !== "off");
  const [told, setTold] = useState("");
  const before = useRef<Set<string> | null>(null);
  const alarms = new Set(queues.flatMap((queue) => Object.entries(levelsOf(queue, ui, now)).flatMap(([what, level]) => (level === "alarm" ? [`${queue.queue} ${what}`] : []))));
  const known = [...alarms].sort().join("|");
  useEffect(() => {
    const isNew = before.current === null ? [] : [...alarms].filter((one) => !before.current?.has(one));
    before.current = alarms;
    setTold(isNew.map(said).join(", "));
    if (isNew.length > 0 && on) beep();
  }, [known]);
  function said(alarm: string): string {
    const [queue = "", what = ""] = alarm.split(" ");
    return `${queueText(ui, language, queue)} ${figures[what]}`;
  }
  function change(): void {
    localStorage.setItem(KEPT_AS, on ? "off" : "on");
    setOn(!on);
    if (!on) beep();
  }
  return (
    <>
      <button type="button" class="small" aria-pressed={on} onClick={change}>
        <Icon name={on ? "sound" : "silent"} size={13} /> {on ? own.soundOn : own.soundOff}
      </button>
      <span class="unseen" role="status">
        {told && `${own.alarm}: ${told}`}
      </span>
    </>
  );
}
