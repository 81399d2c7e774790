// Who takes it? Whoever is to hand a call on types a product, and picks a queue or an engineer with the arrow keys; free ones come first.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { StatePill } from "./parts.tsx";
import type { Card, Taker, Takers, Ui } from "./types.ts";
import { queueText, useSpeech } from "./words.ts";

const MOST_SHOWN = 7;

/** A row to choose: a queue, or an engineer who takes its calls. */
interface Found {
  key: "queue" | "agent";
  to: string;
  group: string;
  text: string;
  taker: Taker | null;
  free: number;
  closed: boolean;
}

interface SearchProps {
  card: Card;
  ui: Ui;
  onChoose(found: { key: "queue" | "agent"; to: string; group: string; text: string }): void;
}

export function TakerSearch({ card, ui, onChoose }: SearchProps) {
  const { words, language } = useSpeech();
  const [takers, setTakers] = useState<Takers | null>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => void api.takers().then(setTakers, () => setTakers(null)), []); // without it, the lists below do
  const found = query.trim() === "" || takers === null ? [] : search(takers, query, card.agent, (queue) => queueText(ui, language, queue)).slice(0, MOST_SHOWN);
  const choose = (one: Found | undefined) => {
    if (!one) return;
    onChoose(one);
    setQuery("");
  };
  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return; // an input method's Enter is its own
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && query.trim() !== "") choose(found[at]);
    else if (event.key === "Escape" && query !== "") (event.stopPropagation(), setQuery(""));
    else return;
    event.preventDefault();
  }
  return (
    <div class="taker-search">
      <label>
        {words.taking.who}
        <input
          ref={field}
          name="who-takes"
          role="combobox"
          autocomplete="off"
          aria-expanded={found.length > 0}
          aria-controls="takers"
          aria-activedescendant={found.length > 0 ? `taker-${at}` : undefined}
          placeholder={words.taking.hint}
          value={query}
          onInput={(event) => (setQuery(event.currentTarget.value), setAt(0))}
          onKeyDown={onKeyDown}
        />
      </label>
      {found.length > 0 && (
        <ul id="takers" role="listbox" aria-label={words.taking.who}>
          {found.map((one, index) => (
            <li id={`taker-${index}`} role="option" aria-selected={index === at} onMouseDown={(event) => (event.preventDefault(), choose(one))}>
              <span>{one.text}</span>
              {one.taker ? <StatePill state={one.taker.state} /> : <span class={one.free > 0 ? "good" : "soft"}>{one.closed ? words.taking.closed : words.taking.free(one.free)}</span>}
            </li>
          ))}
        </ul>
      )}
      {query.trim() !== "" && takers !== null && found.length === 0 && (
        <p class="soft" role="status">
          {words.taking.nobody}
        </p>
      )}
    </div>
  );
}

/** Queues whose product is meant, and who takes their calls: who is free first, then queues where somebody is, then the rest. */
function search(takers: Takers, query: string, own: string, textOf: (queue: string) => string): Found[] {
  const wanted = query.trim().toLowerCase().split(/\s+/);
  const meant = takers.queues.filter((queue) => wanted.every((part) => [...queue.words, queue.level, textOf(queue.queue)].some((word) => word.toLowerCase().includes(part))));
  const people = new Map(takers.agents.map((agent) => [agent.agent, agent]));
  const isMeant = (agent: Taker) => wanted.every((part) => agent.name.toLowerCase().includes(part) || agent.agent.toLowerCase().includes(part));
  const named = new Set([...takers.agents.filter(isMeant).map((agent) => agent.agent), ...meant.flatMap((queue) => queue.agents)]);
  const queues = meant.map((queue): Found => ({
    key: "queue", to: queue.queue, group: queue.product_line, text: textOf(queue.queue), taker: null, closed: !queue.is_open,
    free: queue.agents.filter((agent) => agent !== own && people.get(agent)?.state === "ready").length,
  }));
  const engineers = [...named]
    .filter((agent) => agent !== own && people.has(agent))
    .map((agent): Found => {
      const taker = people.get(agent)!;
      return { key: "agent", to: agent, group: "person", text: taker.name, taker, free: Number(taker.state === "ready"), closed: false };
    })
    .filter((one) => one.taker?.state !== "logged_out");
  const rank = (one: Found) => (one.free > 0 && !one.closed ? 0 : 2) + Number(one.key === "agent");
  return [...queues, ...engineers].sort((one, other) => rank(one) - rank(other));
}
