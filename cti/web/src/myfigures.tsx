// My own figures of today against what is aimed at. They are the report's; nothing is worked out here.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { duration } from "./clock.ts";
import type { AgentView, OwnFigures } from "./types.ts";
import { useWords } from "./words.ts";

const AGAIN_EVERY = 60_000;
const SHARES = ["within_three_rings", "occupancy", "first_call_resolution"] as const;
const PARTS = ["talk", "hold", "wrap_up"] as const;

const share = (value: number) => `${Math.round(value * 100)} %`;
const time = (seconds: number) => duration(seconds * 1000);

export function MyFigures({ agent }: { agent: AgentView }) {
  const words = useWords().own;
  const [own, setOwn] = useState<OwnFigures | null>(null);
  useEffect(() => {
    const fetch = () => void api.ownFigures().then(setOwn, () => undefined); // the connection's sign says that it is lost
    fetch();
    const timer = setInterval(fetch, AGAIN_EVERY);
    return () => clearInterval(timer);
  }, [agent.state]);
  if (own === null) return null;
  const { figures, targets } = own;
  const parts = PARTS.filter((name) => figures[name] != null);
  return (
    <dl class="mystate-facts my-figures" aria-label={words.title}>
      <Row name={words.aht} value={figures["aht"]} target={targets["aht"]} say={time} atMost />
      {parts.length > 0 && (
        <div class="my-parts">
          <dt>{words.parts}</dt>
          <dd>{parts.map((name) => `${words.part[name]} ${time(figures[name] ?? 0)}`).join(" · ")}</dd>
        </div>
      )}
      {SHARES.map((name) => (
        <Row name={words[name]} value={figures[name]} target={targets[name]} say={share} />
      ))}
    </dl>
  );
}

interface RowProps {
  name: string;
  value: number | null | undefined;
  target: number | undefined;
  say(value: number): string;
  /** The target is a limit. */
  atMost?: boolean;
}

function Row({ name, value, target, say, atMost = false }: RowProps) {
  const words = useWords().own;
  const isKnown = value != null;
  const met = isKnown && target !== undefined && (atMost ? value <= target : value >= target);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {isKnown ? say(value) : "–"}
        {target !== undefined && (
          <span class={!isKnown ? "soft" : met ? "good" : "bad"}>
            {" "}
            {isKnown && <span aria-label={met ? words.met : words.missed}>{met ? "✓" : "✕"}</span>} {atMost ? "≤" : "≥"} {say(target)}
          </span>
        )}
      </dd>
    </div>
  );
}
