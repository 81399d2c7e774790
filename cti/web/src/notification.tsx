// The desktop tells of a call that comes while another window is in front.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import type { Card, Ui } from "./types.ts";
import { productLine, useSpeech } from "./words.ts";

const canNotify = () => "Notification" in window;

/** The desktop tells of a coming call while the page can't be seen; it goes when the call does. Asked for by a click, as browsers want it. */
export function CallNotification({ card, ui }: { card: Card | null; ui: Ui }) {
  const { words, language } = useSpeech();
  const [allowed, setAllowed] = useState(() => canNotify() && Notification.permission === "granted");
  const coming = card !== null && (card.phase === "offered" || card.phase === "ringing") ? card : null;
  useEffect(() => {
    if (!coming || !allowed || !document.hidden) return;
    const body = `${productLine(ui, language, coming.product_line)} ${coming.level}`;
    const shown = new Notification(`☎ ${coming.ani || words.withheld}`, { body, tag: coming.offer });
    shown.onclick = () => (window.focus(), shown.close());
    return () => shown.close();
  }, [coming?.offer, allowed]);
  if (!canNotify() || Notification.permission !== "default") return null;
  return (
    <button type="button" class="quiet" onClick={() => void Notification.requestPermission().then((answer) => setAllowed(answer === "granted"))}>
      <Icon name="reserved" /> {words.notifyMe}
    </button>
  );
}
