// Calls of the past and of this moment: looked for by what is known of them, newest first. What is looked for stands in the address.
import { useEffect, useState } from "preact/hooks";
import { calls, nameOf, storyLink, useCallWords, type CallPage, type CallRow } from "./calls.ts";
import { Foreign, ProblemLine, Typed, useRequest } from "./parts.tsx";
import { StoryPage, surveyText, talked, waited } from "./story.tsx";
import type { Me, Ui } from "./types.ts";
import { productLine, queueText, useSpeech } from "./words.ts";

const FIELDS = ["since", "until", "number", "customer", "agent", "queue", "product_line", "entry", "outcome"] as const;
type Wish = Partial<Record<(typeof FIELDS)[number], string>>;

/** `#calls`, `#calls?queue=…` or `#calls/<id>`. */
export function CallsPage({ ui, me }: { ui: Ui; me: Me }) {
  const place = useHash();
  const [list, setList] = useState("#calls");
  const call = place.startsWith("#calls/") ? decodeURIComponent(place.slice("#calls/".length)) : "";
  useEffect(() => {
    if (!call) setList(place);
  }, [place]);
  return call ? <StoryPage key={call} call={call} ui={ui} list={list} /> : <Search query={place.split("?")[1] ?? ""} ui={ui} me={me} />;
}

function useHash(): string {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return hash;
}

function wishOf(query: string): Wish {
  const asked = new URLSearchParams(query);
  return Object.fromEntries(FIELDS.map((field) => [field, asked.get(field) ?? ""]).filter(([, value]) => value));
}

function Search({ query, ui, me }: { query: string; ui: Ui; me: Me }) {
  const own = useCallWords();
  const request = useRequest();
  const [page, setPage] = useState<CallPage | null>(null);
  function load(cursor: string): void {
    void request.run(async () => {
      const found = await calls(`${query}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      setPage((before) => (cursor && before ? { ...found, calls: [...before.calls, ...found.calls] } : found));
    });
  }
  useEffect(() => load(""), [query]);
  const again = (wish: Wish) => {
    const wanted = new URLSearchParams(Object.entries(wish).filter(([, value]) => value)).toString();
    if (wanted === query) load("");
    else location.hash = wanted ? `#calls?${wanted}` : "#calls";
  };
  return (
    <main class="report calls-page" aria-busy={request.busy}>
      <header>
        <h2>{own.calls}</h2>
        {page && <span class="soft">{own.found(page.calls.length, page.next !== null)}</span>}
      </header>
      <Filters key={query} wish={wishOf(query)} page={page} ui={ui} me={me} onWish={again} />
      <ProblemLine problem={request.problem} />
      {page && !request.problem && <Found rows={page.calls} ui={ui} />}
      {page?.next && (
        <p>
          <button type="button" disabled={request.busy} onClick={() => load(page.next!)}>
            {own.more}
          </button>
        </p>
      )}
    </main>
  );
}

interface FiltersProps {
  wish: Wish;
  page: CallPage | null;
  ui: Ui;
  me: Me;
  onWish(wish: Wish): void;
}

function Filters({ wish: first, page, ui, me, onWish }: FiltersProps) {
  const own = useCallWords();
  const { language } = useSpeech();
  const [wish, setWish] = useState<Wish>(first);
  const set = (field: keyof Wish) => (event: { currentTarget: { value: string } }) => setWish({ ...wish, [field]: event.currentTarget.value });
  const text = (field: keyof Wish, label: string, hint = "") => (
    <label>
      {label}
      <input name={field} value={wish[field] ?? ""} placeholder={hint} maxLength={32} onInput={set(field)} />
    </label>
  );
  const choice = (field: keyof Wish, label: string, options: [string, string][]) => (
    <label>
      {label}
      <select name={field} value={wish[field] ?? ""} onChange={set(field)}>
        <option value="">{own.any}</option>
        {options.map(([value, said]) => (
          <option value={value}>{said}</option>
        ))}
      </select>
    </label>
  );
  const day = (field: "since" | "until", label: string) => (
    <label>
      {label}
      <Typed type="date" name={field} value={wish[field] ?? page?.[field] ?? ""} onTyped={(typed) => setWish({ ...wish, [field]: typed })} />
    </label>
  );
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onWish(wish);
      }}
    >
      {day("since", own.from)}
      {day("until", own.until)}
      {me.sees_numbers && text("number", own.number, own.numberHint)}
      {text("customer", own.customer)}
      {choice("agent", own.agent, ui.targets.agents.filter((row) => ui.watched.agents.includes(row.agent)).map((row) => [row.agent, row.name]))}
      {choice("queue", own.queue, ui.watched.queues.map((queue) => [queue, queueText(ui, language, queue)]))}
      {choice("product_line", own.productLine, ui.watched.product_lines.map((line) => [line, productLine(ui, language, line)]))}
      {text("entry", own.entry, own.entryHint)}
      {choice("outcome", own.outcome, Object.entries(own.outcomes))}
      <button type="submit">{own.search}</button>
    </form>
  );
}

function Found({ rows, ui }: { rows: CallRow[]; ui: Ui }) {
  const own = useCallWords();
  if (rows.length === 0) return <p class="soft">{own.none}</p>;
  return (
    <table class="calls-table">
      <thead>
        <tr>
          {[own.arrived, own.caller, own.entry, own.queue, own.agent].map((title) => (
            <th scope="col">{title}</th>
          ))}
          <th scope="col" class="num">
            {own.waited}
          </th>
          <th scope="col" class="num">
            {own.talked}
          </th>
          <th scope="col">{own.outcome}</th>
          <th scope="col">{own.survey}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((call) => (
          <Row key={call.id} call={call} ui={ui} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ call, ui }: { call: CallRow; ui: Ui }) {
  const own = useCallWords();
  const { language, words } = useSpeech();
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "medium" });
  return (
    <tr data-call={call.id}>
      <td>
        <a href={storyLink(call.id)}>
          <time dateTime={call.arrived_at}>{format.format(new Date(call.arrived_at))}</time>
        </a>
      </td>
      <td>
        <Foreign text={call.ani || own.withheld} />
        {call.ani_name && (
          <span class="under">
            <Foreign text={call.ani_name} />
          </span>
        )}
      </td>
      <td>
        <Foreign text={call.entry} />
        <span class="under">{call.dnis}</span>
      </td>
      <td>{queueText(ui, language, call.queue)}</td>
      <td>{call.agent && nameOf(ui, call.agent)}</td>
      <td class="num">{waited(call)}</td>
      <td class="num">{talked(call)}</td>
      <td>
        <span class={`outcome outcome-${call.outcome}`}>{own.outcomes[call.outcome] ?? call.outcome}</span>
        {call.outcome === "live" && <span class="under">{(words.callStates as Record<string, string>)[call.state] ?? call.state}</span>}
      </td>
      <td>{surveyText(call, own, words.comma)}</td>
    </tr>
  );
}
