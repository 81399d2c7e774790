// Why this engineer, why nobody yet: codes of the engine in the page's words.
import type { Language, Reason, Ui } from "./types.ts";
import { productLine, queueText, type Words } from "./words.ts";

/** A requirement such as `product:printers>=3 and (level:L2 or level:L3)`, in words. Names that the page does not know stay as they are. */
export function needText(words: Words, ui: Ui, language: Language, need: string): string {
  const named = need.replace(/agent (\S+)/g, (_, agent: string) => nameOf(ui, agent));
  const said = named.replace(/[^\s()>=:]+:[^\s()>=]+|>=|\b(?:and|or|not|anybody|nobody)\b/g, (part) => skillText(words, ui, language, part));
  return said.replace(/ ?、 ?/g, "、");
}

function skillText(words: Words, ui: Ui, language: Language, part: string): string {
  const [kind, value] = part.split(":", 2) as [string, string | undefined];
  if (value === undefined) return words.need[part] ?? part;
  if (kind === "product") return productLine(ui, language, value);
  if (kind === "level") return value;
  if (kind === "language") return words.languages[value] ?? value;
  if (kind === "segment") return words.segments[value] ?? value;
  return part;
}

const nameOf = (ui: Ui, agent: string) => ui.targets.agents.find((row) => row.agent === agent)?.name ?? agent;

/** The reasons in a sentence; '' for none. */
export function reasonsText(words: Words, ui: Ui, language: Language, reasons: Reason[]): string {
  const counted = reasons.filter((reason) => words.whyCounted[reason.code]).map((reason) => `${reason.count} ${words.whyCounted[reason.code]}`);
  return reasons
    .filter((reason) => !words.whyCounted[reason.code])
    .map((reason) => {
      const say = words.why[reason.code];
      const text = say
        ? say({ ...reason, seconds: Math.round(reason.seconds), need: needText(words, ui, language, reason.need), queue: queueText(ui, language, reason.name) })
        : reason.code;
      const more = reason.code === "all_occupied" ? counted : reason.agents.map((agent) => nameOf(ui, agent));
      return more.length > 0 ? `${text}${words.colon}${more.join(words.comma)}` : text;
    })
    .join(words.semicolon);
}
