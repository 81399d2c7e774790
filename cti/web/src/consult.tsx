// Asking another engineer, or somebody outside, before the call is given over: how it goes, for the one who asks and for the one who is asked.
import * as api from "./api.ts";
import { Icon } from "./icons.tsx";
import { useKeys } from "./keys.ts";
import { ProblemLine, useRequest } from "./parts.tsx";
import type { Card, Consult, ConsultStateName, Ui } from "./types.ts";
import { useWords } from "./words.ts";

const UNDER_WAY = new Set<ConsultStateName>(["asked", "ringing", "talking", "conference"]);

/** Whether somebody is being asked about the card's call right now. */
export const isUnderWay = (consult: Consult | null | undefined) => !!consult && UNDER_WAY.has(consult.state);

/** Whether the call is the card's agent's: that of one who is only asked is not. */
export const isOwn = (card: Card) => card.consulted_by === null || card.consult?.state === "completed";

interface PanelProps {
  card: Card;
  consult: Consult;
  ui: Ui;
  shortcuts: boolean;
}

export function ConsultPanel({ card, consult, ui, shortcuts }: PanelProps) {
  const words = useWords();
  const asks = consult.agent === card.agent;
  const name = !asks ? nameOf(ui, consult.agent) : consult.consulted === null ? (words.consult.parties[consult.outside] ?? consult.outside) : nameOf(ui, consult.consulted);
  const told = asks ? words.consult.asks[consult.state] : words.consult.isAsked[consult.state];
  const whys = consult.consulted === null ? words.consult.whyOutside : words.consult.why;
  const why = asks && (consult.state === "back" || consult.why === "caller kept out") ? (whys[consult.why] ?? "") : "";
  return (
    <section class={`consult${isUnderWay(consult) ? " consult-under-way" : ""}`} aria-label={words.consult.title}>
      <p role="status">
        <Icon name={consult.state === "talking" || consult.state === "conference" ? "talking" : "transfer"} /> <span>{told(name)}</span> {why && <span class="soft">{why}</span>}
      </p>
      {asks && isUnderWay(consult) && <Choices consult={consult} name={name} shortcuts={shortcuts} />}
    </section>
  );
}

function Choices({ consult, name, shortcuts }: { consult: Consult; name: string; shortcuts: boolean }) {
  const words = useWords();
  const request = useRequest();
  const alone = consult.state === "talking";
  const talking = alone || consult.state === "conference";
  const confer = () => void request.run(api.confer);
  const complete = () => void request.run(api.giveOver);
  const back = () => void request.run(api.goBack);
  useKeys(shortcuts && !request.busy, (key) => {
    if (key === "o" && talking) complete();
    else if (key === "c" && alone) confer();
    else if (key === "b") back();
    else return false;
    return true;
  });
  return (
    <>
      <div class="wrap-end">
        {talking && (
          <button type="button" class="primary" disabled={request.busy} onClick={complete}>
            {words.consult.giveOver(name)} <kbd>O</kbd>
          </button>
        )}
        {alone && (
          <button type="button" disabled={request.busy} title={words.consult.conferenceHint} onClick={confer}>
            {words.consult.conference} <kbd>C</kbd>
          </button>
        )}
        <button type="button" disabled={request.busy} onClick={back}>
          {consult.state === "asked" ? words.consult.callOff : consult.state === "conference" ? words.consult.letGo(name) : words.consult.back} <kbd>B</kbd>
        </button>
        {talking && <span class="hint">{words.consult.hangUpHint}</span>}
      </div>
      <ProblemLine problem={request.problem} />
    </>
  );
}

function nameOf(ui: Ui, agent: string): string {
  return ui.targets.agents.find((row) => row.agent === agent)?.name ?? agent;
}
