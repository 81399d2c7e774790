// Queues: product line by level, with what happens in them now and what happened today.
import { useState } from "preact/hooks";
import { duration, useNow } from "./clock.ts";
import { formulaOf, levelsOf, Marked } from "./levels.tsx";
import { Clock } from "./parts.tsx";
import { Opening, SwitchQueue } from "./switching.tsx";
import type { AgentStateName, QueueView, Ui } from "./types.ts";
import { productLine, queueText, useSpeech } from "./words.ts";

/** `part` of `whole` as a percentage, rounded down so that 100 % means all. */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.floor((100 * part) / whole)} %` : "–";
}

/** A share, 0 to 1, as a percentage, rounded down. */
export const percent = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : `${Math.floor(100 * value + 1e-9)} %`);

const isQuiet = (queue: QueueView) => queue.waiting + queue.ringing + queue.talking === 0;
const orDot = (count: number) => (count > 0 ? count : <span class="zero">·</span>);
const STATES: AgentStateName[] = ["ready", "reserved", "talking", "wrap_up", "not_ready"];

export function QueuesTable({ queues, ui }: { queues: QueueView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const [switching, setSwitching] = useState<QueueView | null>(null);
  const lines = [...new Set(queues.map((queue) => queue.product_line))];
  const { columns } = words;
  const hint = own.levelHint(words.formulas[formulaOf(ui)] ?? formulaOf(ui));
  return (
    <>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{words.productLine}</th>
            <th scope="col">{words.level}</th>
            <th scope="col">{columns.waiting}</th>
            <th scope="col">{columns.longest}</th>
            <th scope="col">{own.expected}</th>
            <th scope="col">{columns.talking}</th>
            <th scope="col">{columns.ready}</th>
            <th scope="col" title={hint}>
              {own.levelNow}
            </th>
            <th scope="col" class="day" title={hint}>
              {own.levelToday}
            </th>
            <th scope="col">
              {columns.answered}/{columns.offered}
            </th>
            <th scope="col">{columns.abandoned}</th>
          </tr>
        </thead>
        {lines.map((line) => {
          const all = queues.filter((queue) => queue.product_line === line);
          return (
            <tbody key={line}>
              {all.map((queue, index) => (
                <QueueRow key={queue.queue} queue={queue} ui={ui} head={index === 0 ? { text: productLine(ui, language, line), rows: all.length } : null} onSwitch={() => setSwitching(queue)} />
              ))}
            </tbody>
          );
        })}
      </table>
      {switching && <SwitchQueue queue={switching} ui={ui} onDone={() => setSwitching(null)} />}
    </>
  );
}

interface RowProps {
  queue: QueueView;
  ui: Ui;
  head: { text: string; rows: number } | null;
  onSwitch(): void;
}

function QueueRow({ queue, ui, head, onSwitch }: RowProps) {
  const { words, language } = useSpeech();
  const levels = levelsOf(queue, ui, useNow());
  const formula = formulaOf(ui);
  const nobody = queue.waiting > 0 && queue.agents_ready === 0;
  const people = STATES.map((state) => `${words.states[state]}: ${queue.agents[state] ?? 0}`).join("\n");
  return (
    <tr class={isQuiet(queue) ? "quiet-row" : ""} data-queue={queue.queue}>
      {head && (
        <th scope="rowgroup" rowSpan={head.rows} class="line">
          {head.text}
        </th>
      )}
      <th scope="row">
        <button type="button" class="level-button" aria-label={words.supervision.switchQueue(queueText(ui, language, queue.queue))} onClick={onSwitch}>
          {queue.level} <Opening queue={queue} />
        </button>
      </th>
      <td class={levels.waiting ? `cell-${levels.waiting}` : queue.waiting ? "alert" : ""}>
        <Marked level={levels.waiting}>{orDot(queue.waiting)}</Marked>
      </td>
      <td class={levels.longest && `cell-${levels.longest}`}>
        <Marked level={levels.longest}>{queue.longest_waiting_since ? <Clock since={queue.longest_waiting_since} /> : <span class="zero">·</span>}</Marked>
      </td>
      <td class={levels.expected && `cell-${levels.expected}`}>
        <Marked level={levels.expected}>{queue.expected_wait_seconds === null ? "–" : duration(queue.expected_wait_seconds * 1000)}</Marked>
      </td>
      <td>{orDot(queue.talking)}</td>
      <td class={nobody ? "alert" : ""} title={people}>
        <Marked level={nobody ? "warn" : ""}>{queue.agents_ready}</Marked>
      </td>
      <td class={levels.served && `cell-${levels.served}`}>
        <Marked level={levels.served}>{percent(queue.service_levels_now[formula])}</Marked>
      </td>
      <td class="day">{percent(queue.service_levels[formula])}</td>
      <td>{queue.offered > 0 ? `${queue.answered}/${queue.offered}` : orDot(0)}</td>
      <td>{orDot(queue.abandoned)}</td>
    </tr>
  );
}
