// Scoring: the list of what was drawn for me, the player, and the form beside it. Whether somebody else has scored it is not told.
import { useEffect, useRef, useState } from "preact/hooks";
import { nameOf } from "./calls.ts";
import { duration } from "./clock.ts";
import { Moment, ProblemLine, useRequest } from "./parts.tsx";
import { Player, recording, type Recording } from "./player.tsx";
import { giveScore, inLanguage, percent, toScore, type Answers, type Criterion, type Form, type Score, type ToScore, type ToScoreList } from "./quality.ts";
import { useQualityWords } from "./quality.words.ts";
import type { Ui } from "./types.ts";
import { queueText, useSpeech } from "./words.ts";

export function Scoring({ ui }: { ui: Ui }) {
  const words = useQualityWords();
  const request = useRequest();
  const [list, setList] = useState<ToScoreList | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [saved, setSaved] = useState<Score | null>(null);
  const load = () =>
    void request.run(async () => {
      const found = await toScore();
      setList(found);
      setChosen((before) => (found.conversations.find((one) => one.recording === before) ?? found.conversations[0])?.recording ?? null);
    });
  useEffect(load, []);
  const done = (score: Score) => {
    setSaved(score);
    load();
  };
  const now = list?.conversations.find((one) => one.recording === chosen);
  const form = now && list?.forms[now.form];
  return (
    <>
      <ProblemLine problem={request.problem} />
      {list && list.scorers < 2 && <p class="soft">{words.tooFewScorers(list.scorers)}</p>}
      <p role="status" class="saved good">
        {saved && words.saved(percent(saved.total))}
      </p>
      {list && list.conversations.length === 0 && <p class="soft">{words.nothing}</p>}
      {list && now && form && (
        <div class="scoring">
          <div class="scoring-side">
            <Heard key={now.recording} id={now.recording} />
            <ToScoreTable rows={list.conversations} chosen={now.recording} ui={ui} onChoose={setChosen} />
          </div>
          <FilledForm key={now.recording} recording={now.recording} form={form} left={list.conversations.length} onSaved={done} onChanged={load} />
        </div>
      )}
    </>
  );
}

/** The player of a recording that is known by its id. */
export function Heard({ id }: { id: string }) {
  const request = useRequest();
  const [found, setFound] = useState<Recording | null>(null);
  useEffect(() => void request.run(async () => setFound(await recording(id))), []);
  return (
    <>
      <ProblemLine problem={request.problem} />
      {found ? <Player recording={found} /> : <div class="panel player player-awaited" />}
    </>
  );
}

function ToScoreTable({ rows, chosen, ui, onChoose }: { rows: ToScore[]; chosen: string; ui: Ui; onChoose(recording: string): void }) {
  const words = useQualityWords();
  const { language } = useSpeech();
  return (
    <div class="panel to-score">
      <table>
        <thead>
          <tr>
            {[words.agent, words.queue, words.when, words.talk].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.recording} data-recording={row.recording} class={row.recording === chosen ? "chosen-row" : ""}>
              <td>
                <button type="button" class="link-button" aria-current={row.recording === chosen} onClick={() => onChoose(row.recording)}>
                  {nameOf(ui, row.agent)}
                </button>
              </td>
              <td>{queueText(ui, language, row.queue)}</td>
              <td>
                <Moment at={row.held_at} />
              </td>
              <td>{duration(row.talk_seconds * 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FormProps {
  recording: string;
  form: Form;
  /** An own score that is replaced. */
  earlier?: Score;
  left?: number;
  onSaved(score: Score): void;
  /** The form is another one by now. */
  onChanged(): void;
}

export function FilledForm({ recording, form, earlier, left, onSaved, onChanged }: FormProps) {
  const words = useQualityWords();
  const { language } = useSpeech();
  const request = useRequest();
  const [answers, setAnswers] = useState<Answers>(earlier?.answers ?? {});
  const comment = useRef<HTMLTextAreaElement>(null);
  const save = (event: Event) => {
    event.preventDefault();
    const asked = Object.fromEntries(form.criteria.map((one) => [one.name, answers[one.name] ?? null]));
    void request.run(async () => onSaved(await giveScore(recording, form.version, asked, comment.current?.value ?? "", earlier?.id ?? null)));
  };
  return (
    <form class="panel score-form" onSubmit={save}>
      <header>
        <h2>{inLanguage(form.label, language)}</h2>
        {left !== undefined && <span class="panel-aside">{words.left(left)}</span>}
      </header>
      <div class="score-criteria">
        {form.criteria.map((criterion) => (
          <Question
            key={criterion.name}
            criterion={criterion}
            answer={answers[criterion.name]}
            onAnswer={(answer) => setAnswers((before) => ({ ...before, [criterion.name]: answer }))}
          />
        ))}
      </div>
      <label>
        {words.comment}
        <textarea ref={comment} rows={2} maxLength={2000} defaultValue={earlier?.comment ?? ""} />
      </label>
      <ProblemLine problem={request.problem} />
      <div class="score-end">
        {request.problem?.code === "form_changed" && (
          <button type="button" onClick={onChanged}>
            {words.form}
          </button>
        )}
        <button type="submit" class="primary" disabled={request.busy}>
          {earlier ? words.saveAgain : words.save}
        </button>
      </div>
    </form>
  );
}

function Question({ criterion, answer, onAnswer }: { criterion: Criterion; answer: number | null | undefined; onAnswer(answer: number | null): void }) {
  const words = useQualityWords();
  const { language } = useSpeech();
  const points = Array.from({ length: criterion.most + 1 }, (_, value) => [value, String(value)] as const);
  const choices: (readonly [number | null, string])[] = [
    ...(criterion.kind === "points" ? points : ([[1, words.yes], [0, words.no]] as const)),
    ...(criterion.may_not_apply ? [[null, words.noOccasion] as const] : []),
  ];
  const hint = [inLanguage(criterion.hint, language), criterion.kind === "fatal" && words.fatal].filter(Boolean).join(" · ");
  return (
    <fieldset class="score-question" data-criterion={criterion.name}>
      <legend>
        {inLanguage(criterion.label, language)}
        {criterion.weight > 1 && <span class="soft"> {words.weight(criterion.weight)}</span>}
        {hint && <span class={criterion.kind === "fatal" ? "under fatal" : "under"}>{hint}</span>}
      </legend>
      <div class="score-choices">
        {choices.map(([value, text]) => (
          <label class={`choice ${answer === value ? "chosen" : ""}`}>
            <input type="radio" required name={criterion.name} checked={answer === value} onChange={() => onAnswer(value)} />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
