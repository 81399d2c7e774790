// How well callers were served today: the service level under every formula side by side, the three-rings rule, what was announced.
import { useState } from "preact/hooks";
import { useModal } from "./dialog.tsx";
import { share } from "./queues.tsx";
import type { AgentView, QueueView, Ui } from "./types.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

const percent = (level: number | null | undefined) => (level == null ? "–" : share(level, 1));

export function Figures({ queues, agents, ui }: { queues: QueueView[]; agents: AgentView[]; ui: Ui }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="small" data-opens="figures" onClick={() => setOpen(true)}>
        {words.figures}
      </button>
      {open && <Sheet queues={queues} agents={agents} ui={ui} onDone={() => setOpen(false)} />}
    </>
  );
}

function Sheet({ queues, agents, ui, onDone }: { queues: QueueView[]; agents: AgentView[]; ui: Ui; onDone(): void }) {
  const { words, language } = useSpeech();
  const dialog = useModal();
  const formulas = Object.keys(queues[0]?.service_levels ?? {});
  const rung = agents.filter((agent) => agent.rung > 0);
  return (
    <dialog ref={dialog} class="dialog sheet" aria-labelledby="figures" onClose={onDone}>
      <h2 id="figures">{words.figuresTitle}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.queue}</th>
            {formulas.map((name) => (
              <th scope="col" class="num">
                {words.formulas[name] ?? name}
              </th>
            ))}
            <th scope="col" class="num">
              {words.threeRings}
            </th>
            <th scope="col" class="num">
              {words.announcedRight}
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <tr key={queue.queue} data-figures={queue.queue}>
              <th scope="row">{queueText(ui, language, queue.queue)}</th>
              {formulas.map((name) => (
                <td class="num">{percent(queue.service_levels[name])}</td>
              ))}
              <td class="num">{share(queue.rung_in_time, queue.rung)}</td>
              <td class="num">
                {share(queue.announced_right, queue.announced)}
                {!queue.announcing && <span class="under">{words.silentNow}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rung.length > 0 && (
        <p class="soft">
          {words.threeRings}: {rung.map((agent) => `${agent.name} ${share(agent.rung_in_time, agent.rung)}`).join(" · ")}
        </p>
      )}
      <div class="dialog-end">
        <button type="button" onClick={onDone}>
          {words.close}
        </button>
      </div>
    </dialog>
  );
}
