// One recording: both sides' waveform and the sound, which is fetched when it is played, not before.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./api.ts";
import { duration } from "./clock.ts";
import { ProblemLine, useRequest } from "./parts.tsx";
import { usePlayerWords } from "./player.words.ts";

export interface Recording {
  id: string;
  ani: string;
  queue: string | null;
  agent: string;
  began_at: string;
  ended_at: string | null;
  pauses: { begun: string; ended: string | null }[];
  deleted_at: string | null;
}
interface Waveform {
  seconds: number;
  caller: number[];
  agent: number[];
}
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const SKIP = 5;
const POINTS = 600;
const LANE = 60;
const SIDES = ["both", "caller", "agent"] as const;
type Side = (typeof SIDES)[number];
const of = (id: string) => `/api/recordings/${encodeURIComponent(id)}`;
export const recording = (id: string) => ask<Recording>("GET", of(id));

export function Player({ recording }: { recording: Recording }) {
  const words = usePlayerWords();
  const request = useRequest();
  const sound = useRef<HTMLAudioElement>(null);
  const gains = useRef<GainNode[] | null>(null);
  const [shape, setShape] = useState<Waveform | null>(null);
  const [at, setAt] = useState(0);
  const [plays, setPlays] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [side, setSide] = useState<Side>("both");
  useEffect(() => {
    void request.run(async () => setShape(await ask<Waveform>("GET", `${of(recording.id)}/waveform?points=${POINTS}`)));
  }, []);
  useEffect(() => {
    if (sound.current) sound.current.playbackRate = speed;
  }, [speed, plays]);
  useEffect(() => gains.current?.forEach((gain, index) => (gain.gain.value = side === "both" || side === SIDES[index + 1] ? 1 : 0)), [side, plays]);
  const seek = (seconds: number) => {
    if (!sound.current || !shape) return;
    sound.current.currentTime = Math.max(0, Math.min(shape.seconds, seconds));
    setAt(sound.current.currentTime);
  };
  const toggle = () => {
    const element = sound.current;
    if (!element) return;
    gains.current ??= apart(element);
    if (element.paused) void element.play();
    else element.pause();
  };
  const faster = (by: number) => setSpeed(SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(speed) + by))] ?? 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const acts: Record<string, () => void> = {
      " ": toggle, ArrowLeft: () => seek(at - SKIP), ArrowRight: () => seek(at + SKIP), ArrowUp: () => faster(1), ArrowDown: () => faster(-1),
    };
    const act = acts[event.key];
    if (!act || (event.key === " " && event.target instanceof HTMLButtonElement) || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    act();
  };
  return (
    <section class="panel player" aria-label={words.recordings} onKeyDown={onKeyDown}>
      <audio
        ref={sound}
        preload="none"
        src={`${of(recording.id)}/sound`}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onPlay={() => setPlays(true)}
        onPause={() => setPlays(false)}
      />
      {shape && <Lanes shape={shape} recording={recording} at={at} onSeek={seek} />}
      <div class="player-buttons">
        <button type="button" class="primary" disabled={!shape} onClick={toggle}>
          {plays ? words.stop : words.play}
        </button>
        <button type="button" disabled={!shape} onClick={() => seek(at - SKIP)}>
          {words.back}
        </button>
        <button type="button" disabled={!shape} onClick={() => seek(at + SKIP)}>
          {words.forth}
        </button>
        <label>
          {words.speed}
          <select value={speed} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
            {SPEEDS.map((one) => (
              <option value={one}>{one} ×</option>
            ))}
          </select>
        </label>
        <label>
          {words.hear}
          <select value={side} onChange={(event) => setSide(event.currentTarget.value as Side)}>
            {SIDES.map((one) => (
              <option value={one}>{words[one]}</option>
            ))}
          </select>
        </label>
        <span class="clock">
          {duration(at * 1000)} / {duration((shape?.seconds ?? 0) * 1000)}
        </span>
      </div>
      <p class="hint">
        {words.keys}
        {recording.pauses.length > 0 && ` · ${words.notRecorded}`}
      </p>
      <ProblemLine problem={request.problem} />
    </section>
  );
}

/** The caller is on the left, the agent on the right: each has a volume of its own, and both come to both ears. */
function apart(element: HTMLAudioElement): GainNode[] {
  const context = new AudioContext();
  const sides = context.createChannelSplitter(2);
  context.createMediaElementSource(element).connect(sides);
  return [0, 1].map((channel) => {
    const gain = context.createGain();
    sides.connect(gain, channel);
    gain.connect(context.destination);
    return gain;
  });
}

function Lanes({ shape, recording, at, onSeek }: { shape: Waveform; recording: Recording; at: number; onSeek(seconds: number): void }) {
  const words = usePlayerWords();
  const begun = Date.parse(recording.began_at);
  const place = (moment: string) => Math.max(0, Math.min(POINTS, ((Date.parse(moment) - begun) / 1000 / shape.seconds) * POINTS));
  return (
    <div
      class="player-lanes"
      role="slider"
      tabIndex={0}
      aria-label={words.position}
      aria-valuemin={0}
      aria-valuemax={Math.round(shape.seconds)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={duration(at * 1000)}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onSeek(((event.clientX - box.left) / box.width) * shape.seconds);
      }}
    >
      <svg viewBox={`0 0 ${POINTS} ${2 * LANE}`} preserveAspectRatio="none" aria-hidden="true">
        <pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v6" class="player-hatch" />
        </pattern>
        <path d={bars(shape.caller, LANE / 2)} class="player-caller" />
        <path d={bars(shape.agent, LANE * 1.5)} class="player-agent" />
        {recording.pauses.map((pause) => {
          const from = place(pause.begun);
          const to = pause.ended ? place(pause.ended) : POINTS;
          return <rect x={from} y={0} width={Math.max(1, to - from)} height={2 * LANE} fill="url(#hatched)" />;
        })}
        <path d={`M${(at / shape.seconds) * POINTS} 0v${2 * LANE}`} class="player-now" />
      </svg>
      <span class="player-side">{words.caller}</span>
      <span class="player-side player-side-agent">{words.agent}</span>
    </div>
  );
}

/** A line up and down for each piece, as long as it was loud. */
function bars(peaks: number[], middle: number): string {
  return peaks.map((peak, index) => `M${index + 0.5} ${middle - Math.max(0.5, (peak * LANE) / 2)}V${middle + Math.max(0.5, (peak * LANE) / 2)}`).join("");
}
