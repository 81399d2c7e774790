// The audit log: who did what, when, to whom and why; newest first, page by page. Nothing can be changed here.
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "./api.ts";
import { Foreign, ProblemLine, useRequest } from "./parts.tsx";
import * as people from "./people.ts";
import { usePeople, type Deed } from "./people.ts";
import { useSpeech } from "./words.ts";

const KINDS = ["login", "console", "steering", "callbacks", "incidents", "users", "desk", "transfer", "reports", "performance", "user", "config"];

export function AuditPage() {
  const text = usePeople();
  const request = useRequest();
  const [who, setWho] = useState("");
  const [action, setAction] = useState("");
  const [target, setTarget] = useState("");
  const [deeds, setDeeds] = useState<Deed[]>([]);
  const [next, setNext] = useState<number | null>(null);

  function load(cursor: number | null): void {
    void request.run(async () => {
      const asked = Object.entries({ who, action, target, cursor: cursor === null ? "" : String(cursor) }).filter(([, value]) => value !== "");
      const page = await people.deeds(new URLSearchParams(asked).toString());
      setDeeds((before) => (cursor === null ? page.deeds : [...before, ...page.deeds]));
      setNext(page.next);
    });
  }
  useEffect(() => load(null), [action]);

  return (
    <main class="report">
      <header>
        <h2>{text.audit}</h2>
      </header>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          load(null);
        }}
      >
        <label>
          {text.filterWho}
          <input value={who} maxLength={64} onInput={(event) => setWho(event.currentTarget.value)} />
        </label>
        <label>
          {text.what}
          <select value={action} onChange={(event) => setAction(event.currentTarget.value)}>
            <option value="">–</option>
            {KINDS.map((kind) => (
              <optgroup label={kind} key={kind}>
                <option value={kind}>{kind}.*</option>
                {Object.entries(text.actions)
                  .filter(([name]) => name.startsWith(`${kind}.`))
                  .map(([name, told]) => (
                    <option value={name}>{told}</option>
                  ))}
              </optgroup>
            ))}
          </select>
        </label>
        <label>
          {text.filterWhom}
          <input value={target} maxLength={160} onInput={(event) => setTarget(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={request.busy}>
          {text.show}
        </button>
      </form>
      <Deeds deeds={deeds} problem={request.problem} />
      {next !== null && (
        <p>
          <button type="button" disabled={request.busy} onClick={() => load(next)}>
            {text.more}
          </button>
        </p>
      )}
    </main>
  );
}

function Deeds({ deeds, problem }: { deeds: Deed[]; problem: Problem | null }) {
  const text = usePeople();
  const { language } = useSpeech();
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "short", timeStyle: "medium" });
  if (problem) return <ProblemLine problem={problem} />;
  if (deeds.length === 0) return <p class="soft">{text.nothing}</p>;
  return (
    <table class="deeds">
      <thead>
        <tr>
          {[text.when, text.who, text.what, text.whom, text.why, text.outcome].map((title) => (
            <th scope="col">{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {deeds.map((deed) => (
          <tr key={deed.id} class={deed.outcome === "done" ? "" : "deed-not-done"}>
            <td>
              <time dateTime={deed.at}>{format.format(new Date(deed.at))}</time>
            </td>
            <td>
              <Foreign text={deed.who} />
              <span class="under">{[text.roles[deed.role] ?? deed.role, text.via[deed.via] ?? deed.via, deed.address].filter(Boolean).join(" · ")}</span>
            </td>
            <td>
              {text.actions[deed.action] ?? deed.action}
              <span class="under">
                <Foreign text={details(deed)} />
              </span>
            </td>
            <td>
              <Foreign text={deed.target} />
            </td>
            <td>
              <Foreign text={deed.why} />
            </td>
            <td>{text.outcomes[deed.outcome] ?? deed.outcome}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was asked for besides, without what stands in another column. */
function details(deed: Deed): string {
  return Object.entries(deed.detail)
    .filter(([, value]) => value !== deed.target && value !== null && value !== "")
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
