// Queues: product line by level, with what happens in them now and what happened today.
import { Clock } from "./parts.tsx";
import type { QueueView, Ui } from "./types.ts";
import { productLine, useSpeech } from "./words.ts";

/** `part` of `whole` as a percentage, rounded down so that 100 % means all. */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.floor((100 * part) / whole)} %` : "–";
}

const isQuiet = (queue: QueueView) => queue.waiting + queue.ringing + queue.talking === 0;
const orDot = (count: number) => (count > 0 ? count : <span class="zero">·</span>);

export function QueuesTable({ queues, ui }: { queues: QueueView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const lines = [...new Set(queues.map((queue) => queue.product_line))];
  const { columns } = words;
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{words.productLine}</th>
          <th scope="col">{words.level}</th>
          <th scope="col">{columns.waiting}</th>
          <th scope="col">{columns.longest}</th>
          <th scope="col">{columns.ringing}</th>
          <th scope="col">{columns.talking}</th>
          <th scope="col">{columns.ready}</th>
          <th scope="col" class="day">
            {columns.offered}
          </th>
          <th scope="col">{columns.answered}</th>
          <th scope="col" title={words.inTimeHint}>
            {columns.inTime}
          </th>
          <th scope="col">{columns.abandoned}</th>
        </tr>
      </thead>
      {lines.map((line) => {
        const own = queues.filter((queue) => queue.product_line === line);
        return (
          <tbody key={line}>
            {own.map((queue, index) => (
              <QueueRow key={queue.queue} queue={queue} head={index === 0 ? { text: productLine(ui, language, line), rows: own.length } : null} />
            ))}
          </tbody>
        );
      })}
    </table>
  );
}

function QueueRow({ queue, head }: { queue: QueueView; head: { text: string; rows: number } | null }) {
  return (
    <tr class={isQuiet(queue) ? "quiet-row" : ""} data-queue={queue.queue}>
      {head && (
        <th scope="rowgroup" rowSpan={head.rows} class="line">
          {head.text}
        </th>
      )}
      <th scope="row">{queue.level}</th>
      <td class={queue.waiting ? "alert" : ""}>{orDot(queue.waiting)}</td>
      <td>{queue.longest_waiting_since ? <Clock since={queue.longest_waiting_since} /> : <span class="zero">·</span>}</td>
      <td>{orDot(queue.ringing)}</td>
      <td>{orDot(queue.talking)}</td>
      <td class={queue.waiting && !queue.agents_ready ? "alert" : ""}>{queue.agents_ready}</td>
      <td class="day">{orDot(queue.offered)}</td>
      <td>{orDot(queue.answered)}</td>
      <td>{share(queue.answered_in_time, queue.offered)}</td>
      <td>{orDot(queue.abandoned)}</td>
    </tr>
  );
}
