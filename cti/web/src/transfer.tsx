// Handing the call on: first the product line, then the level or the person; and what the next engineer must know.
import { useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Icon } from "./icons.tsx";
import { useKeys } from "./keys.ts";
import { ProblemLine, useRequest } from "./parts.tsx";
import type { Card, Handover, Packet, Ui } from "./types.ts";
import { destinationText, productLine, useSpeech, useWords } from "./words.ts";
import { TakerSearch } from "./takers.tsx";
import { noteOf } from "./wrapup.tsx";

const LONGEST_TEXT = 1500;
const LONGEST_NUMBER = 40;
const PERSON = "person";
const OUT = "out";
const NUMBER = "number";

/** What is known already: the packet that came with the call, and the note that was taken in it. */
function known(card: Card): Packet {
  const { tried, serial, fault_code, notes } = card.handover ?? { tried: "", serial: "", fault_code: "", notes: "" };
  const said = [notes, noteOf(card.call)].filter((text) => text !== "").join("\n");
  return { tried, serial, fault_code, notes: said.slice(0, LONGEST_TEXT) };
}

export function Transfer({ card, ui, shortcuts }: { card: Card; ui: Ui; shortcuts: boolean }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  useKeys(shortcuts, (key) => {
    if (key !== "t") return false;
    setOpen(true);
    return true;
  });
  return open ? (
    <TransferForm card={card} ui={ui} onClose={() => setOpen(false)} />
  ) : (
    <div class="transfer-closed">
      <button type="button" onClick={() => setOpen(true)}>
        <Icon name="transfer" /> {words.handOn} <kbd>T</kbd>
      </button>
    </div>
  );
}

function TransferForm({ card, ui, onClose }: { card: Card; ui: Ui; onClose(): void }) {
  const words = useWords();
  const request = useRequest();
  const next = useRef<HTMLInputElement>(null);
  const [taker, setTaker] = useState("");
  const [group, setGroup] = useState(card.product_line);
  const [to, setTo] = useState("");
  const [packet, setPacket] = useState<Packet>(() => known(card));
  const write = (part: Partial<Packet>) => setPacket({ ...packet, ...part });

  const key = group === PERSON ? "agent" : group === OUT ? "destination" : group === NUMBER ? "number" : "queue";
  const outside = group === OUT || group === NUMBER;
  const send = () => void request.run(() => api.handOn({ [key]: to }, packet));
  async function askFirst(): Promise<void> {
    if (await request.run(() => api.askFirst({ [key]: to }, packet))) onClose();
  }
  return (
    <form
      class="transfer"
      aria-label={words.handOn}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      onSubmit={(event) => (event.preventDefault(), send())}
    >
      <h3>
        {words.handOn} {taker && to !== "" && <span class="tag tag-strong">{taker}</span>}
      </h3>
      <TakerSearch
        card={card}
        ui={ui}
        onChoose={(found) => {
          setGroup(found.group);
          setTo(found.to);
          setTaker(found.text);
          next.current?.focus();
        }}
      />
      <div class="transfer-row">
        <label>
          {words.productLine}
          <select value={group} onChange={(event) => (setGroup(event.currentTarget.value), setTo(""), setTaker(""))}>
            <Groups ui={ui} />
          </select>
        </label>
        <Choice group={group} to={to} own={card} ui={ui} onChoose={(name) => (setTo(name), setTaker(""))} />
      </div>
      <div class="transfer-row">
        <label>
          {words.serial}
          <input ref={next} name="serial" maxLength={64} value={packet.serial} onInput={(event) => write({ serial: event.currentTarget.value })} />
        </label>
        <label>
          {words.faultCode}
          <input name="fault_code" maxLength={64} value={packet.fault_code} onInput={(event) => write({ fault_code: event.currentTarget.value })} />
        </label>
      </div>
      <label>
        {words.tried}
        <textarea name="tried" rows={2} maxLength={LONGEST_TEXT} placeholder={words.triedHint} value={packet.tried} onInput={(event) => write({ tried: event.currentTarget.value })} />
      </label>
      <label>
        {words.handoverNotes}
        <textarea name="notes" rows={2} maxLength={LONGEST_TEXT} value={packet.notes} onInput={(event) => write({ notes: event.currentTarget.value })} />
      </label>
      <div class="wrap-end">
        <button type="submit" class="primary" disabled={request.busy || to === ""}>
          {words.handOnNow}
        </button>
        {(group !== OUT || ui.targets.outside.includes(to)) && (
          <button type="button" disabled={request.busy || to === ""} title={outside ? words.consult.askOutsideHint : words.consult.askHint} onClick={() => void askFirst()}>
            {words.consult.ask}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {words.cancel} <kbd>Esc</kbd>
        </button>
        <span class="hint">{outside ? words.handOutHint : words.handOnHint}</span>
      </div>
      <ProblemLine problem={request.problem} />
    </form>
  );
}

function Groups({ ui }: { ui: Ui }) {
  const { words, language } = useSpeech();
  const lines = [...new Set(ui.targets.queues.map((row) => row.product_line))];
  return (
    <>
      {lines.map((line) => (
        <option value={line}>{productLine(ui, language, line)}</option>
      ))}
      <option value={PERSON}>{words.toPerson}</option>
      {ui.targets.destinations.length > 0 && <option value={OUT}>{words.toOutside}</option>}
      {ui.targets.numbers && <option value={NUMBER}>{words.toNumber}</option>}
    </>
  );
}

interface ChoiceProps {
  group: string;
  to: string;
  own: Card;
  ui: Ui;
  onChoose(to: string): void;
}

function Choice({ group, to, own, ui, onChoose }: ChoiceProps) {
  const words = useWords();
  if (group === PERSON) {
    const others = ui.targets.agents.filter((row) => row.agent !== own.agent);
    return (
      <label>
        {words.agent}
        <select name="to" value={to} onChange={(event) => onChoose(event.currentTarget.value)}>
          <option value="">{words.choose}</option>
          {others.map((row) => (
            <option value={row.agent}>{row.team ? `${row.name} · ${row.team}` : row.name}</option>
          ))}
        </select>
      </label>
    );
  }
  if (group === NUMBER) {
    return (
      <label>
        {words.telephoneNumber}
        <input name="number" type="tel" autoComplete="off" maxLength={LONGEST_NUMBER} value={to} onInput={(event) => onChoose(event.currentTarget.value.trim())} />
      </label>
    );
  }
  const rows = group === OUT ? ui.targets.destinations : ui.targets.queues.filter((row) => row.product_line === group).map((row) => row.queue);
  const text = (name: string) => (group === OUT ? destinationText(words, name) : name.slice(name.lastIndexOf(".") + 1));
  return (
    <fieldset class="levels">
      <legend>{group === OUT ? words.toOutside : words.level}</legend>
      {rows.map((name) => (
        <label class={`choice${name === to ? " chosen" : ""}`}>
          <input type="radio" name="to" value={name} checked={name === to} onChange={() => onChoose(name)} />
          {text(name)}
        </label>
      ))}
    </fieldset>
  );
}

/** What the engineer before hands over. Until it is read, the phone does not ring. */
export function HandoverCard({ card, handover, ui, shortcuts }: { card: Card; handover: Handover; ui: Ui; shortcuts: boolean }) {
  const words = useWords();
  const request = useRequest();
  const unread = card.phase === "offered";
  const read = () => void request.run(() => api.acknowledge(card.offer));
  useKeys(shortcuts && unread, (key) => {
    if (key !== "g") return false;
    read();
    return true;
  });
  const giver = ui.targets.agents.find((row) => row.agent === handover.by)?.name ?? handover.by ?? "–";
  return (
    <section class={`handover${unread ? " handover-unread" : ""}`} aria-label={words.handover}>
      <h3>
        <Icon name="transfer" /> {card.consulted_by === null ? words.handedOnBy(giver) : words.consult.askedBy(giver)}
        {card.bounces > 0 && <span class="tag tag-urgent">{words.bounced(card.bounces)}</span>}
      </h3>
      <dl class="facts">
        <Part name={words.serial} text={handover.serial} />
        <Part name={words.faultCode} text={handover.fault_code} />
        <Part name={words.tried} text={handover.tried} wide />
        <Part name={words.handoverNotes} text={handover.notes} wide />
      </dl>
      {unread && (
        <div class="wrap-end">
          <button type="button" class="primary" disabled={request.busy} onClick={read}>
            {words.haveRead} <kbd>G</kbd>
          </button>
          <span class="hint">{words.haveReadHint}</span>
        </div>
      )}
      <ProblemLine problem={request.problem} />
    </section>
  );
}

function Part({ name, text, wide }: { name: string; text: string; wide?: boolean }) {
  const words = useWords();
  return (
    <div class={wide ? "fact-wide" : undefined}>
      <dt>{name}</dt>
      <dd class="said">{text ? <bdi>{text}</bdi> : <span class="soft">{words.none}</span>}</dd>
    </div>
  );
}
