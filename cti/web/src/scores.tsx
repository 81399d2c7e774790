// Scores that were given: a list with the answers of each, and, for supervisors, the averages of their agents.
import { useEffect, useState } from "preact/hooks";
import { Problem } from "./api.ts";
import { nameOf, storyLink } from "./calls.ts";
import { DAYS, since } from "./misroutes.tsx";
import { Foreign, Moment, ProblemLine, useRequest } from "./parts.tsx";
import { inLanguage, percent, report, scores, scoresOf, type Form, type RecordingScores, type Score, type ScorePage, type ScoreReport } from "./quality.ts";
import { useQualityWords } from "./quality.words.ts";
import { usePlayerWords } from "./player.words.ts";
import { FilledForm, Heard } from "./scoring.tsx";
import type { Ui } from "./types.ts";
import { queueText, useSpeech, useWords } from "./words.ts";

const LONG = [...DAYS, 91];

export function Period({ days, onChange }: { days: number; onChange(days: number): void }) {
  const words = useWords();
  return (
    <label class="period">
      {words.period}{" "}
      <select value={days} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {LONG.map((count) => (
          <option value={count}>{words.lastDays(count)}</option>
        ))}
      </select>
    </label>
  );
}

/** What is told of the last days; of those that were asked for last, in whatever order the answers come. */
export function useDays<Answer>(ask: (period: string) => Promise<Answer>, days: number): { found: Answer | null; problem: Problem | null } {
  const [told, tell] = useState<{ found: Answer | null; problem: Problem | null }>({ found: null, problem: null });
  useEffect(() => {
    let wanted = true;
    ask(since(days)).then(
      (found) => wanted && tell({ found, problem: null }),
      (failure) => wanted && failure instanceof Problem && tell({ found: null, problem: failure }),
    );
    return () => {
      wanted = false;
    };
  }, [days]);
  return told;
}

/** By agent, of the conversations of these days. */
export function AgentScores({ ui, onOpen }: { ui: Ui; onOpen(agent: string): void }) {
  const words = useQualityWords();
  const [days, setDays] = useState(31);
  const { found, problem } = useDays<ScoreReport>(report, days);
  return (
    <>
      <Period days={days} onChange={setDays} />
      <ProblemLine problem={problem} />
      {found?.agents.length === 0 && <p class="soft">{words.none}</p>}
      {found && found.agents.length > 0 && (
        <div class="panel">
          <table class="agent-scores">
            <thead>
              <tr>
                <th scope="col">{words.agent}</th>
                <th scope="col" class="num">{words.scored}</th>
                <th scope="col" class="num">{words.lowest}</th>
                <th scope="col">{words.average}</th>
              </tr>
            </thead>
            <tbody>
              {found.agents.map((row) => (
                <tr data-agent={row.agent}>
                  <th scope="row">
                    <button type="button" class="link-button" onClick={() => onOpen(row.agent)}>
                      {nameOf(ui, row.agent)}
                    </button>
                  </th>
                  <td class="num">{row.scored}</td>
                  <td class="num">{percent(row.lowest)}</td>
                  <td>
                    <span class="score-bar" style={{ width: `${row.average * 0.7}%` }} aria-hidden="true" /> {percent(row.average)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** Of one agent, or of all. */
export function ScoreList({ ui, own, agent, onAll }: { ui: Ui; own: boolean; agent: string | null; onAll(): void }) {
  const words = useQualityWords();
  const { more } = usePlayerWords();
  const { language } = useSpeech();
  const request = useRequest();
  const [page, setPage] = useState<ScorePage | null>(null);
  const [opened, setOpened] = useState<Score | null>(null);
  const load = (cursor: string | null) =>
    void request.run(async () => {
      const more = await scores({ ...(agent && { agent }), ...(cursor && { cursor }) });
      setPage((before) => (cursor && before ? { ...more, scores: [...before.scores, ...more.scores], forms: { ...before.forms, ...more.forms } } : more));
    });
  useEffect(() => load(null), []);
  if (opened)
    return (
      <OneScore
        score={opened}
        own={own}
        onBack={() => {
          setOpened(null);
          load(null);
        }}
      />
    );
  return (
    <>
      {agent && (
        <button type="button" class="small to-list" onClick={onAll}>
          {words.all}
        </button>
      )}
      <ProblemLine problem={request.problem} />
      {page?.scores.length === 0 && <p class="soft">{words.noneYet}</p>}
      {page && page.scores.length > 0 && (
        <div class="panel">
          <table class="score-list">
            <thead>
              <tr>
                <th scope="col">{words.when}</th>
                <th scope="col">{words.agent}</th>
                <th scope="col">{words.queue}</th>
                <th scope="col" class="num">{words.score}</th>
                {!own && <th scope="col">{words.scorer}</th>}
                <th scope="col">{words.comment}</th>
                <th scope="col"><span class="unseen">{words.details}</span></th>
              </tr>
            </thead>
            <tbody>
              {page.scores.map((row) => (
                <tr key={row.id} data-score={row.id}>
                  <td>
                    <a href={storyLink(row.call)}>
                      <Moment at={row.held_at} />
                    </a>
                  </td>
                  <td>{nameOf(ui, row.agent)}</td>
                  <td>{queueText(ui, language, row.queue)}</td>
                  <td class="num strong">{percent(row.total)}</td>
                  {!own && <td>{row.scorer}</td>}
                  <td class="score-comment">
                    <Foreign text={row.comment} />
                  </td>
                  <td class="row-end">
                    <button type="button" class="small" onClick={() => setOpened(row)}>
                      {words.details}
                      <span class="unseen">
                        {" "}
                        {nameOf(ui, row.agent)} <Moment at={row.held_at} />
                      </span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {page?.next && (
        <button type="button" disabled={request.busy} onClick={() => load(page.next)}>
          {more}
        </button>
      )}
    </>
  );
}

/** One score with all that it replaced; one's own can be replaced again while it can be heard and its draw is not long ago. */
function OneScore({ score, own, onBack }: { score: Score; own: boolean; onBack(): void }) {
  const words = useQualityWords();
  const request = useRequest();
  const [page, setPage] = useState<RecordingScores | null>(null);
  const [replaces, setReplaces] = useState(false);
  const load = () => void request.run(async () => setPage(await scoresOf(score.recording)));
  useEffect(load, []);
  const latest = page?.scores.filter((one) => one.scorer === score.scorer).at(-1);
  const form = latest && page?.forms[latest.version];
  return (
    <>
      <button type="button" class="small to-list" onClick={onBack}>
        {words.back}
      </button>
      <ProblemLine problem={request.problem} />
      <div class="scoring">
        <div class="scoring-side">
          <Heard id={score.recording} />
        </div>
        <div class="scoring-side">
          {own && page?.replaceable && !replaces && (
            <button type="button" class="score-again" onClick={() => setReplaces(true)}>
              {words.again}
            </button>
          )}
          {replaces && latest && form ? (
            <FilledForm
              key={latest.id}
              recording={score.recording}
              form={form}
              earlier={latest}
              onChanged={load}
              onSaved={() => {
                setReplaces(false);
                load();
              }}
            />
          ) : (
            [...(page?.scores ?? [])].reverse().map((one) => <Given key={one.id} score={one} form={page?.forms[one.version]} />)
          )}
        </div>
      </div>
    </>
  );
}

function Given({ score, form }: { score: Score; form: Form | undefined }) {
  const words = useQualityWords();
  const { language } = useSpeech();
  const said = (kind: string, answer: number | null | undefined, most: number) =>
    answer == null ? words.noOccasion : kind === "points" ? `${answer} / ${most}` : answer ? words.yes : words.no;
  return (
    <section class="panel score-given" data-revision={score.revision}>
      <header>
        <h2>
          {percent(score.total)} · {score.scorer}
        </h2>
        <span class="panel-aside">
          {words.revision(score.revision)} · <Moment at={score.at} />
        </span>
      </header>
      <dl>
        {form?.criteria.map((one) => (
          <div>
            <dt>{inLanguage(one.label, language)}</dt>
            <dd class={score.answers[one.name] === 0 ? "bad" : ""}>{said(one.kind, score.answers[one.name], one.most)}</dd>
          </div>
        ))}
      </dl>
      {score.comment && (
        <p class="said">
          <Foreign text={score.comment} />
        </p>
      )}
    </section>
  );
}
