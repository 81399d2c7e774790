// Promised callbacks: to whom, since when, what comes next, and the supervisor's means to call one off.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { useModal } from "./dialog.tsx";
import { Clock, DialogEnd, Foreign, Moment, useRequest } from "./parts.tsx";
import type { AgentView, PromiseView, Ui } from "./types.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

export function PromisesTable({ promises, agents, ui }: { promises: PromiseView[]; agents: AgentView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const [off, setOff] = useState<PromiseView | null>(null);
  const names = new Map(agents.map((agent) => [agent.agent, agent.name]));
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.customer}</th>
            <th scope="col">{words.queue}</th>
            <th scope="col" class="num">
              {words.promisedSince}
            </th>
            <th scope="col">{words.state}</th>
            <th scope="col" class="num">
              {words.inVain}
            </th>
            <th scope="col">{words.nextAttempt}</th>
            <th scope="col">
              <span class="unseen">{words.callOff}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {promises.map((promise) => (
            <tr key={promise.call} data-promise={promise.call} class={promise.state === "given_up" ? "in-vain" : ""}>
              <td>
                <span class="caller">
                  <Foreign text={promise.number} />
                  {promise.ani_name && (
                    <>
                      {" "}
                      <span class="soft">
                        <Foreign text={promise.ani_name} />
                      </span>
                    </>
                  )}
                </span>
              </td>
              <td>{queueText(ui, language, promise.queue)}</td>
              <td class="num">
                <Clock since={promise.promised_at} until={promise.state === "given_up" ? promise.state_since : null} />
              </td>
              <td>
                <span class={`promise promise-${promise.state}`}>{words.promiseStates[promise.state]}</span>
                {promise.agent && ` ${names.get(promise.agent) ?? promise.agent}`}
                {promise.promised_by && (
                  <span class="soft" title={promise.note}>
                    {" "}
                    {words.promising.by(names.get(promise.promised_by) ?? promise.promised_by)}
                  </span>
                )}
              </td>
              <td class="num">{words.ofAttempts(promise.unreached, promise.most_attempts)}</td>
              <td>
                <Next promise={promise} possible={ui.calls_back} />
              </td>
              <td>
                {promise.state === "promised" && (
                  <button type="button" class="small" aria-label={words.callOffOf(promise.number)} onClick={() => setOff(promise)}>
                    {words.callOff}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {off && <CallOff promise={off} onDone={() => setOff(null)} />}
    </>
  );
}

function Next({ promise, possible }: { promise: PromiseView; possible: boolean }) {
  const words = useWords();
  if (promise.state === "given_up") return <>{words.noFurther}</>;
  if (promise.state !== "promised") return <>{words.rightNow}</>;
  if (!possible) return <>{words.noLine}</>;
  if (promise.next_at === null || Date.parse(promise.next_at) < Date.now()) return <>{words.inTurn}</>;
  return (
    <>
      {words.notBefore} <Moment at={promise.next_at} />
    </>
  );
}

function CallOff({ promise, onDone }: { promise: PromiseView; onDone(): void }) {
  const words = useWords();
  const request = useRequest();
  const dialog = useModal();
  const [reason, setReason] = useState("");
  async function apply(event: Event): Promise<void> {
    event.preventDefault();
    if (await request.run(() => api.callOff(promise.call, reason))) onDone();
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="call-off" onClose={onDone}>
      <form onSubmit={apply}>
        <h2 id="call-off">{words.callOffOf(promise.number)}</h2>
        <p class="soft">{words.callOffHint}</p>
        <label>
          {words.reason}
          <input type="text" name="reason" required maxLength={200} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <DialogEnd request={request} does={words.callOffNow} blocked={reason.trim() === ""} onDone={onDone} />
      </form>
    </dialog>
  );
}
