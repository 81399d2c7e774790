// Who it may be that calls, as the customer source says: what he has, what is open, what he was promised.
import { Foreign, Moment } from "./parts.tsx";
import { Icon } from "./icons.tsx";
import type { Card, Customer, Ui } from "./types.ts";
import { productLine, useSpeech, useWords } from "./words.ts";

/** The one who does call comes first; who has no case to go on with, last. */
const inOrder = (card: Card) =>
  [...card.customers].sort((one, other) => Number(other.id === card.customer) - Number(one.id === card.customer));

/** `brief`: who it is and what is due; what he has, and what is open, when there is time to read it. */
export function Customers({ card, ui, brief }: { card: Card; ui: Ui; brief: boolean }) {
  const words = useWords();
  if (card.customers.length === 0) return null;
  const several = card.customers.length > 1;
  return (
    <section class="customers" aria-label={words.customer}>
      {several && <h3>{words.severalCustomers(card.customers.length)}</h3>}
      {inOrder(card).map((customer) => (
        <Person customer={customer} card={card} ui={ui} brief={brief} calls={several && customer.id === card.customer} />
      ))}
    </section>
  );
}

function Person({ customer, card, ui, brief, calls }: { customer: Customer; card: Card; ui: Ui; brief: boolean; calls: boolean }) {
  const words = useWords();
  return (
    <article class="customer">
      <p class="customer-name">
        <Foreign text={customer.name || customer.id} /> <span class="soft">{customer.id}</span>
        <span class="tag">{words.segments[customer.tier] ?? customer.tier}</span>
        {calls && <span class="tag tag-strong">{words.callsNow}</span>}
      </p>
      {!brief && customer.products.length > 0 && <Products customer={customer} />}
      <Promises customer={customer} />
      <Cases customer={brief ? { ...customer, cases: customer.cases.filter((one) => one.id === card.case) } : customer} card={card} ui={ui} brief={brief} />
    </article>
  );
}

function Products({ customer }: { customer: Customer }) {
  const { words, language } = useSpeech();
  const today = new Date().toISOString().slice(0, 10);
  const day = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeZone: "UTC" });
  return (
    <ul class="customer-products">
      {customer.products.map((product, place) => {
        const until = customer.warranties[place] ?? "";
        return (
          <li>
            <Foreign text={product} />{" "}
            {until !== "" && (
              <span class={until >= today ? "good" : "bad"}>
                {until >= today ? "✓ " : "✕ "}
                {until >= today ? words.warrantyUntil : words.warrantyOver} {day.format(new Date(until))}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Promises({ customer }: { customer: Customer }) {
  const words = useWords();
  return (
    <>
      {customer.promises.map((promise) => (
        <p class="customer-promise">
          <Icon name="warning" size={13} /> {words.wasPromised} <Foreign text={promise.what} /> · {words.due} <Moment at={promise.due_at} />
        </p>
      ))}
    </>
  );
}

function Cases({ customer, card, ui, brief }: { customer: Customer; card: Card; ui: Ui; brief: boolean }) {
  const { words, language } = useSpeech();
  if (customer.cases.length === 0 && brief) return null;
  if (customer.cases.length === 0) return <p class="soft">{words.noOpenCases}</p>;
  return (
    <ul class="cases">
      {customer.cases.map((one) => (
        <li class={one.id === card.case ? "case case-of-call" : "case"}>
          <strong>{one.id}</strong> {productLine(ui, language, one.product_line)} {one.level} <Foreign text={one.subject} />{" "}
          {one.engineer && <span class="soft">{ui.targets.agents.find((agent) => agent.agent === one.engineer)?.name ?? one.engineer}</span>}
          {one.id === card.case && <span class="tag tag-strong">{words.goesOn}</span>}
        </li>
      ))}
    </ul>
  );
}
