// Incidents: what the callers of a product line hear of, switching it on and off, and who wants to be told.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { Clock, DialogEnd, Foreign, Moment, ProblemLine, useRequest } from "./parts.tsx";
import type { IncidentReport, IncidentView, Language, Ui } from "./types.ts";
import { productLine, useSpeech } from "./words.ts";

const textOf = (ui: Ui, language: Language, text: string) => ui.incident_texts[text]?.[language] ?? text;

export function Incidents({ incidents, ui }: { incidents: IncidentView[]; ui: Ui }) {
  const { words, language } = useSpeech();
  const [declaring, setDeclaring] = useState(false);
  const [shown, setShown] = useState<IncidentView | null>(null);
  const running = incidents.filter((one) => one.solved_at === null);
  if (Object.keys(ui.incident_texts).length === 0 && incidents.length === 0) return null;
  return (
    <>
      {running.map((one) => (
        <div class="incident" role="status" key={one.incident} data-incident={one.incident}>
          <Icon name="warning" />
          <strong>{productLine(ui, language, one.product_line)}</strong>
          <span class="incident-text" title={textOf(ui, language, one.text)}>
            {textOf(ui, language, one.text)}
          </span>
          <span class="incident-facts">
            <Clock since={one.declared_at} /> · {words.incidentCounts(one.heard, one.numbers)}
          </span>
          <button type="button" class="small" onClick={() => setShown(one)}>
            {words.incidentSolve}
          </button>
        </div>
      ))}
      <button type="button" class="small" data-opens="incident" onClick={() => setDeclaring(true)}>
        {words.incidents}
      </button>
      {declaring && <Declare incidents={incidents} ui={ui} onShow={setShown} onDone={() => setDeclaring(false)} />}
      {shown && <Numbers incident={shown} ui={ui} onDone={() => setShown(null)} />}
    </>
  );
}

function Declare({ incidents, ui, onShow, onDone }: { incidents: IncidentView[]; ui: Ui; onShow(one: IncidentView): void; onDone(): void }) {
  const { words, language } = useSpeech();
  const request = useRequest();
  const running = new Set(incidents.filter((one) => one.solved_at === null).map((one) => one.product_line));
  const lines = ui.watched.product_lines.filter((line) => !running.has(line));
  const texts = Object.keys(ui.incident_texts);
  const [line, setLine] = useState("");
  const [text, setText] = useState(texts[0] ?? "");
  const solved = incidents.filter((one) => one.solved_at !== null).reverse();
  async function apply(event: Event): Promise<void> {
    event.preventDefault();
    if (await request.run(() => api.declareIncident(line, text))) onDone();
  }
  return (
    <Dialog title={words.incidentDeclare} onClose={onDone}>
      <form onSubmit={apply}>
        <p class="soft">{words.incidentHint}</p>
        <Choices legend={words.productLine} name="line" choices={lines.map((one) => [one, productLine(ui, language, one)])} chosen={line} onChoose={setLine} />
        <Choices legend={words.incidentText} name="text" choices={texts.map((one) => [one, textOf(ui, language, one)])} chosen={text} onChoose={setText} />
        <DialogEnd request={request} does={words.incidentOn} blocked={!line || !text} onDone={onDone} />
      </form>
      {solved.length > 0 && (
        <section>
          <h3>{words.incidentsSolved}</h3>
          <ul class="numbers">
            {solved.map((one) => (
              <li key={one.incident}>
                <span>
                  {productLine(ui, language, one.product_line)} · <Moment at={one.solved_at ?? one.declared_at} /> · <Foreign text={one.solved_by} />
                </span>
                <button type="button" class="small" onClick={() => (onDone(), onShow(one))}>
                  {words.incidentNumbers(one.numbers)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  );
}

interface ChoicesProps {
  legend: string;
  name: string;
  choices: [string, string][];
  chosen: string;
  onChoose(choice: string): void;
}

function Choices({ legend, name, choices, chosen, onChoose }: ChoicesProps) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {choices.map(([choice, label]) => (
        <label class={`choice${choice === chosen ? " chosen" : ""}`} key={choice}>
          <input type="radio" name={name} value={choice} checked={choice === chosen} onChange={() => onChoose(choice)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

/** One incident: to be confirmed as solved while it runs, and who wants to be told. */
function Numbers({ incident, ui, onDone }: { incident: IncidentView; ui: Ui; onDone(): void }) {
  const { words, language } = useSpeech();
  const request = useRequest();
  const [report, setReport] = useState<IncidentReport | null>(null);
  useEffect(() => {
    void request.run(async () => setReport(await api.incidentReport(incident.incident)));
  }, []);
  const now = report?.incident ?? incident;
  const runs = now.solved_at === null;
  const asks = runs && report !== null && report.can_tell && report.numbers.length > 0;
  useEffect(() => {
    if (!now.telling) return;
    const timer = setInterval(() => void request.run(async () => setReport(await api.incidentReport(incident.incident))), 3000);
    return () => clearInterval(timer);
  }, [now.telling]);
  const solve = (tell: boolean) => request.run(async () => setReport(await api.solveIncident(incident.incident, tell)));
  return (
    <Dialog title={`${productLine(ui, language, incident.product_line)}: ${runs ? words.incidentSolveAsk : words.incidentIsSolved}`} onClose={onDone}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void solve(asks);
        }}
      >
        {report && report.numbers.length > 0 && <p class="soft">{words.incidentNumbersHint}</p>}
        {now.told + now.in_vain > 0 || now.telling ? (
          <p role="status">{words.incidentProgress(now.told, now.numbers, now.engineers, now.in_vain)}</p>
        ) : null}
        {report && report.numbers.length === 0 && <p>{words.incidentNobody}</p>}
        {report && report.numbers.length > 0 && (
          <ul class="numbers">
            {report.numbers.map(({ number, at, state, attempts }) => (
              <li key={number}>
                <Foreign text={number} />
                <Moment at={at} />
                {state !== "noted" && <span class="soft">{words.incidentNews[state](attempts)}</span>}
              </li>
            ))}
          </ul>
        )}
        <ProblemLine problem={request.problem} />
        <div class="dialog-end">
          <button type="button" onClick={onDone}>
            {runs ? words.cancel : words.close}
          </button>
          {asks && (
            <button type="button" disabled={request.busy} onClick={() => void solve(false)}>
              {words.incidentTellNobody}
            </button>
          )}
          {runs && (
            <button type="submit" class="primary" disabled={request.busy}>
              {asks ? words.incidentTell(report.numbers.length) : words.incidentOff}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}
