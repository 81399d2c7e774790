// One call's story: what is known of it in short, then everything that happened and what the system decided, in order.
import { useEffect, useState } from "preact/hooks";
import { details, nameOf, story, told, useCallWords, type CallRow, type CallStory, type Speaker } from "./calls.ts";
import { duration } from "./clock.ts";
import { Foreign, ProblemLine, useRequest } from "./parts.tsx";
import { percent, scores, type Score } from "./quality.ts";
import { useQualityWords } from "./quality.words.ts";
import type { Ui } from "./types.ts";
import { queueText, useSpeech } from "./words.ts";

export function StoryPage({ call, ui, list }: { call: string; ui: Ui; list: string }) {
  const own = useCallWords();
  const request = useRequest();
  const [found, setFound] = useState<CallStory | null>(null);
  const [scored, setScored] = useState<Score[]>([]);
  const load = () => void request.run(async () => setFound(await story(call)));
  useEffect(load, [call]);
  useEffect(() => {
    let wanted = true;
    scores({ call }).then((page) => wanted && setScored(page.scores), () => undefined); // where nothing is scored, the story is whole without
    return () => {
      wanted = false;
    };
  }, [call]);
  return (
    <main class="report story-page">
      <header>
        <h2>{own.storyOf(found?.call.ani || own.withheld)}</h2>
        <a href={list}>{own.back}</a>
        {found?.call.outcome === "live" && (
          <button type="button" class="small" disabled={request.busy} onClick={load}>
            {own.again}
          </button>
        )}
      </header>
      <ProblemLine problem={request.problem} />
      {found && <Summary call={found.call} ui={ui} scored={scored} />}
      {found && <p class="soft">{own.decidedHint}</p>}
      {found && <Lines found={found} ui={ui} />}
    </main>
  );
}

function Summary({ call, ui, scored }: { call: CallRow; ui: Ui; scored: Score[] }) {
  const own = useCallWords();
  const { score } = useQualityWords();
  const { language, words } = useSpeech();
  const facts: [string, string | number | null][] = [
    [own.caller, [call.ani || own.withheld, call.ani_name].filter(Boolean).join(" ")],
    [own.entry, `${call.entry} ${call.dnis}`],
    [own.way, call.path.map((step) => step[2]).join(" → ")],
    [own.firstQueue, call.first_queue === call.queue ? null : queueText(ui, language, call.first_queue)],
    [own.queue, queueText(ui, language, call.queue)],
    [own.agent, call.agent && nameOf(ui, call.agent)],
    [own.outcome, own.outcomes[call.outcome] ?? call.outcome],
    [own.waited, waited(call)],
    [own.talked, talked(call)],
    [own.offers, call.offers],
    [own.transfers, call.transfers || null],
    [own.customer, call.customer],
    [own.survey, surveyText(call, own, words.comma)],
    [score, scored.map((one) => `${nameOf(ui, one.agent)} ${percent(one.total)}`).join(words.comma)],
    [own.id, call.id],
  ];
  return (
    <dl class="call-facts">
      {facts.map(([label, value]) =>
        value === null || value === "" ? null : (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Foreign text={String(value)} />
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Lines({ found, ui }: { found: CallStory; ui: Ui }) {
  const own = useCallWords();
  const { language, words } = useSpeech();
  const speaker: Speaker = { ui, language, words, own };
  const clock = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return (
    <ol class="story">
      {found.story.map((line, place) => (
        <li key={`${line.sequence}-${place}`} class={line.decided ? "story-decided" : "story-happened"} data-kind={line.kind}>
          <time dateTime={line.at}>{clock.format(new Date(line.at))}</time>
          <span class="story-after">{own.after(line.after_seconds.toFixed(1))}</span>
          <div class="story-said">
            <p>
              <Foreign text={told(line, speaker)} />
            </p>
            {details(line, speaker).map((more) => (
              <p class="soft">
                <Foreign text={more} />
              </p>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

const span = (from: string | null, to: string | null) => (from && to ? duration(Date.parse(to) - Date.parse(from)) : "");

/** How long the caller waited in queues until somebody answered, or until it was over. */
export const waited = (call: CallRow) => span(call.queued_at, call.answered_at ?? call.ended_at);
export const talked = (call: CallRow) => span(call.answered_at, call.talk_ended_at);

export function surveyText(call: CallRow, own: ReturnType<typeof useCallWords>, comma: string): string {
  const parts = [call.survey_score !== null && own.marks(call.survey_score), call.survey_solved !== null && own.solved(call.survey_solved)];
  return parts.filter(Boolean).join(comma);
}
