// The phone by click: answer, hold, mute, pause the recording. What the phone itself does besides, the page hears from the engine.
import * as api from "./api.ts";
import { Icon } from "./icons.tsx";
import { useKeys } from "./keys.ts";
import { ProblemLine, useRequest } from "./parts.tsx";
import type { Card } from "./types.ts";
import { useWords } from "./words.ts";

/** One that another phone rings, or that is rung alone for a callback, can't be made to answer from here. */
const answersByClick = (card: Card) => card.phase === "ringing" && card.consulted_by === null && card.callback === "";

export function PhoneButtons({ card, apart, shortcuts }: { card: Card; apart: boolean; shortcuts: boolean }) {
  const words = useWords();
  const request = useRequest();
  const talks = card.phase === "talking" && !apart;
  const canAnswer = answersByClick(card);
  const answer = () => void request.run(() => api.answer(card.offer));
  const hold = () => void request.run(() => api.hold(!card.on_hold));
  const mute = () => void request.run(() => api.mute(!card.muted));
  const pause = () => void request.run(() => api.pauseRecording(card.recording === "on"));
  useKeys(shortcuts && !request.busy, (key) => {
    if (key === "a" && canAnswer) answer();
    else if (key === "h" && talks) hold();
    else if (key === "u" && talks && !card.on_hold) mute();
    else if (key === "p" && talks && card.recording) pause();
    else return false;
    return true;
  });
  if (!canAnswer && !talks) return null;
  return (
    <div class="phone-buttons" role="group" aria-label={words.phone}>
      {canAnswer && (
        <button type="button" class="primary" disabled={request.busy} title={words.answerHint} onClick={answer}>
          <Icon name="talking" /> {words.answer} <kbd>A</kbd>
        </button>
      )}
      {talks && (
        <>
          <button type="button" class={card.on_hold ? "on" : ""} aria-pressed={card.on_hold} disabled={request.busy} onClick={hold}>
            <Icon name="hold" /> {card.on_hold ? words.unhold : words.hold} <kbd>H</kbd>
          </button>
          <button type="button" class={card.muted ? "on" : ""} aria-pressed={card.muted} disabled={request.busy || card.on_hold} onClick={mute}>
            <Icon name="muted" /> {card.muted ? words.unmute : words.mute} <kbd>U</kbd>
          </button>
          {card.recording && (
            <button type="button" class={card.recording === "paused" ? "on" : ""} aria-pressed={card.recording === "paused"} disabled={request.busy} title={words.pauseRecordingHint} onClick={pause}>
              <Icon name={card.recording === "paused" ? "paused" : "recording"} /> {card.recording === "paused" ? words.recordAgain : words.pauseRecording} <kbd>P</kbd>
            </button>
          )}
          <span class="hint" role="status">
            {card.on_hold ? words.isOnHold : card.muted ? words.isMuted : card.recording === "paused" ? words.isNotRecorded : ""}
          </span>
        </>
      )}
      <ProblemLine problem={request.problem} />
    </div>
  );
}
