// What a screen reader says when a call comes: the place for it is there beforehand, or the words would not be heard.
import type { Card, Ui } from "./types.ts";
import { productLine, useSpeech } from "./words.ts";

export function Arriving({ card, ui }: { card: Card | null; ui: Ui }) {
  const { words, language } = useSpeech();
  const comes = card?.phase === "offered" || card?.phase === "ringing";
  return (
    <p class="unseen" role="alert">
      {comes && `${words.incoming}: ${card.ani || words.withheld} ${card.ani_name}, ${productLine(ui, language, card.product_line)} ${card.level}`}
    </p>
  );
}
