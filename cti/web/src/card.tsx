// The screen pop: who calls, about what, and why it came here. A toast while it rings, the whole card afterwards.
import { useEffect, useLayoutEffect } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { Clock, Foreign, Moment } from "./parts.tsx";
import { Customers } from "./customers.tsx";
import type { Card, EarlierCall, Ui } from "./types.ts";
import { isUnderWay } from "./consult.tsx";
import { PhoneButtons } from "./intalk.tsx";
import { HandoverCard } from "./transfer.tsx";
import { reasonsText } from "./reasons.ts";
import { productLine, queueText, useSpeech, useWords } from "./words.ts";

const isComing = (card: Card) => card.phase === "offered" || card.phase === "ringing";

interface PopProps {
  card: Card;
  ui: Ui;
  shortcuts: boolean;
  onShown(offer: string): void;
}

export function PopCard({ card, ui, shortcuts, onShown }: PopProps) {
  const words = useWords();
  useShown(card.offer, onShown);
  useFlash(isComing(card), `☎ ${card.ani || words.withheld}`, words.title);
  const icon = card.phase === "talking" ? "talking" : card.phase === "wrap_up" ? "wrap_up" : "reserved";
  return (
    <section class={`pop pop-${card.phase}`} aria-label={isComing(card) ? words.incoming : words.currentCall} data-offer={card.offer}>
      <header class="pop-head">
        <span class={`pop-phase phase-${card.phase}`} role="status">
          <Icon name={icon} size={18} />
          {words.phases[card.phase]}
        </span>
        <Clock since={card.since} />
        <span class="pop-wait">
          {card.answered_at ? words.waited : words.waiting} <Clock since={card.arrived_at} until={card.answered_at} />
        </span>
      </header>
      <Who card={card} />
      <PhoneButtons card={card} apart={isUnderWay(card.consult)} shortcuts={shortcuts} />
      {card.link && <CrmLink card={card} link={card.link} />}
      <Tags card={card} ui={ui} />
      <House card={card} ui={ui} />
      <Customers card={card} ui={ui} brief={isComing(card)} />
      {card.handover && <HandoverCard card={card} handover={card.handover} ui={ui} shortcuts={shortcuts} />}
      <div class={isComing(card) ? "pop-body pop-toast" : "pop-body"}>
        <Facts card={card} ui={ui} />
        {!isComing(card) && <Earlier calls={card.earlier_calls} ui={ui} />}
      </div>
    </section>
  );
}

/** Says that the pop is on the screen once it really is: a message posted in a frame is heard after the frame has been painted.
 *  A page that nobody can see paints no frames: there the caller need not wait for one. */
function useShown(offer: string, onShown: (offer: string) => void): void {
  useLayoutEffect(() => {
    if (document.hidden) {
      onShown(offer);
      return;
    }
    const painted = new MessageChannel();
    painted.port1.onmessage = () => onShown(offer);
    const frame = requestAnimationFrame(() => painted.port2.postMessage(null));
    return () => {
      cancelAnimationFrame(frame);
      painted.port1.close();
    };
  }, [offer]);
}

function useFlash(on: boolean, text: string, usual: string): void {
  useEffect(() => {
    if (!on) return;
    let flip = true;
    document.title = text;
    const timer = setInterval(() => (document.title = (flip = !flip) ? text : usual), 900);
    return () => {
      clearInterval(timer);
      document.title = usual;
    };
  }, [on, text, usual]);
}

function Who({ card }: { card: Card }) {
  const words = useWords();
  return (
    <div class="pop-who">
      <p class="pop-ani">{card.ani ? <Foreign text={card.ani} /> : words.withheld}</p>
      {card.ani_name && (
        <p class="pop-name">
          <Foreign text={card.ani_name} />
        </p>
      )}
    </div>
  );
}

/** What the house itself has promised: why this callback is made, or what is to come. */
function House({ card, ui }: { card: Card; ui: Ui }) {
  const words = useWords();
  const promised = [...(card.promise ? [card.promise] : []), ...(card.promises ?? [])];
  const name = (agent: string) => ui.targets.agents.find((row) => row.agent === agent)?.name ?? agent;
  return (
    <>
      {promised.map((one) => (
        <p class="customer-promise house-promise">
          <Icon name="talking" size={13} /> {words.promising.byUs(name(one.by))} <Moment at={one.due_at} /> <Foreign text={one.note} />
        </p>
      ))}
    </>
  );
}

const opened = new Set<string>();

/** The company's own page; it gets neither this page's address nor a handle on it. By itself it opens once, when the call is answered. */
function CrmLink({ card, link }: { card: Card; link: NonNullable<Card["link"]> }) {
  const words = useWords();
  const isDue = link.opens_by_itself && card.phase === "talking" && !opened.has(card.offer);
  useEffect(() => {
    if (!isDue) return;
    opened.add(card.offer);
    open(link.address, "_blank", "noopener,noreferrer");
  }, [isDue]);
  return (
    <p class="pop-link">
      <a href={link.address} target="_blank" rel="noopener noreferrer">
        <Icon name="link" size={14} /> {words.openCrm}
      </a>
    </p>
  );
}

function Tags({ card, ui }: { card: Card; ui: Ui }) {
  const { words, language } = useSpeech();
  return (
    <ul class="tags">
      {card.callback && (
        <li class="tag tag-callback">
          <Icon name="talking" size={13} />
          {words.isCallback(card.callback_order)}
          {card.callback !== card.ani && (
            <>
              {" "}
              <Foreign text={card.callback} />
            </>
          )}
        </li>
      )}
      <li class="tag tag-strong">
        {productLine(ui, language, card.product_line)} · {card.level}
      </li>
      <li class="tag">{words.languages[card.language] ?? card.language}</li>
      <li class="tag">{words.segments[card.segment] ?? card.segment}</li>
      {card.urgent && (
        <li class="tag tag-urgent">
          <Icon name="warning" size={13} />
          {words.urgent}
        </li>
      )}
    </ul>
  );
}

function Facts({ card, ui }: { card: Card; ui: Ui }) {
  const { words, language } = useSpeech();
  return (
    <dl class="facts">
      <div>
        <dt>{words.calledNumber}</dt>
        <dd>
          <Foreign text={card.dnis} /> <span class="soft">{card.entry}</span>
        </dd>
      </div>
      <div>
        <dt>{words.attempt}</dt>
        <dd>{words.attemptText(card.attempt)}</dd>
      </div>
      {card.reasons.length > 0 && (
        <div class="fact-wide">
          <dt>{words.whyYou}</dt>
          <dd>{reasonsText(words, ui, language, card.reasons)}</dd>
        </div>
      )}
      <div class="fact-wide">
        <dt>{words.menuPath}</dt>
        <dd>{card.path.length > 0 ? <Path card={card} /> : <span class="soft">{card.offer ? words.none : words.restored}</span>}</dd>
      </div>
    </dl>
  );
}

function Path({ card }: { card: Card }) {
  const words = useWords();
  return (
    <ol class="path">
      {card.path.map((step) => (
        <li>
          <span class="soft">{step.menu}</span> {step.digits ? <kbd>{step.digits}</kbd> : null} {step.choice}
          {step.digits ? null : <span class="soft"> ({words.byDefault})</span>}
        </li>
      ))}
    </ol>
  );
}

function Earlier({ calls, ui }: { calls: EarlierCall[] | null | undefined; ui: Ui }) {
  const words = useWords();
  return (
    <section class="earlier" aria-label={words.earlierCalls}>
      <h3>{words.earlierCalls}</h3>
      {calls === undefined ? (
        <p class="soft">{words.loading}</p>
      ) : calls === null ? (
        <p class="soft">{words.earlierUnknown}</p>
      ) : calls.length === 0 ? (
        <p class="soft">{words.noEarlierCalls}</p>
      ) : (
        <EarlierTable calls={calls} ui={ui} />
      )}
    </section>
  );
}

function EarlierTable({ calls, ui }: { calls: EarlierCall[]; ui: Ui }) {
  const { words, language } = useSpeech();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{words.when}</th>
          <th scope="col">{words.queue}</th>
          <th scope="col">{words.servedBy}</th>
          <th scope="col">{words.outcome}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr>
            <td>
              <Moment at={call.at} />
            </td>
            <td>{queueText(ui, language, call.queue)}</td>
            <td>{ui.targets.agents.find((row) => row.agent === call.agent)?.name ?? call.agent ?? "–"}</td>
            <td>{words.dispositions[call.outcome] ?? words.outcomes[call.outcome] ?? call.outcome}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
