// Queues: product line by level, with what happens in them now and what happened today.
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { duration } from "./clock.ts";
import { formulaOf, Marked, useLevels } from "./levels.tsx";
import { Clock } from "./parts.tsx";
import { Opening, SwitchQueue } from "./switching.tsx";
import { FIRST_INDEX, Rows } from "./rows.tsx";
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
/** So few product lines are all drawn. */
const WHOLE_LINES = 8;
const STATES: AgentStateName[] = ["ready", "reserved", "talking", "wrap_up", "not_ready"];

export function QueuesTable({ queues, ui }: { queues: QueueView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const own = words.supervision;
  const [switching, setSwitching] = useState<QueueView | null>(null);
  const lines = [...new Set(queues.map((queue) => queue.product_line))].map((line) => queues.filter((queue) => queue.product_line === line));
  const index = new Map(lines.flat().map((queue, place) => [queue.queue, place + FIRST_INDEX]));
  const { columns } = words;
  const hint = own.levelHint(words.formulas[formulaOf(ui)] ?? formulaOf(ui));
  return (
    <>
      <table class="figures" aria-rowcount={queues.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
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
              {columns.answered}/<wbr />
              {columns.offered}
            </th>
            <th scope="col">{columns.abandoned}</th>
          </tr>
        </thead>
        <Rows items={lines} keyOf={([queue]) => queue!.product_line} columns={11} whole={WHOLE_LINES}>
          {(line, place) =>
            line.map((queue, at) => (
              <QueueRow
                key={queue.queue}
                queue={queue}
                ui={ui}
                index={index.get(queue.queue)!}
                place={at === 0 ? place : undefined}
                isLast={at === line.length - 1}
                head={at === 0 ? productLine(ui, language, queue.product_line) : null}
                rows={line.length}
                onSwitch={setSwitching}
              />
            ))
          }
        </Rows>
      </table>
      {switching && <SwitchQueue queue={switching} ui={ui} onDone={() => setSwitching(null)} />}
    </>
  );
}

interface RowProps {
  queue: QueueView;
  ui: Ui;
  index: number;
  /** Of the product line among all, in the first of its rows. */
  place: number | undefined;
  isLast: boolean;
  /** The product line's name, in the first of its rows. */
  head: string | null;
  rows: number;
  onSwitch(queue: QueueView): void;
}

const QueueRow = memo(function QueueRow({ queue, ui, index, place, isLast, head, rows, onSwitch }: RowProps) {
  const { words, language } = useSpeech();
  const levels = useLevels(queue, ui);
  const formula = formulaOf(ui);
  const nobody = queue.waiting > 0 && queue.agents_ready === 0;
  const people = STATES.map((state) => `${words.states[state]}: ${queue.agents[state] ?? 0}`).join("\n");
  return (
    <tr class={`${isQuiet(queue) ? "quiet-row" : ""}${isLast ? " line-end" : ""}`} data-queue={queue.queue} data-place={place} aria-rowindex={index}>
      {head !== null && (
        <th scope="row" rowSpan={rows} class="line">
          {head}
        </th>
      )}
      <th scope="row">
        <button type="button" class="level-button" aria-label={words.supervision.switchQueue(queueText(ui, language, queue.queue))} onClick={() => onSwitch(queue)}>
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
});
