// The menu as a picture, with what callers did in it: drawn by the engine, shown as it is.
import { useState } from "preact/hooks";
import { DAYS, since } from "./misroutes.tsx";
import { useWords } from "./words.ts";

export function MenuPage() {
  const words = useWords();
  const [days, setDays] = useState(7);
  const [failed, setFailed] = useState(false);
  const source = `/api/reports/menu?${since(days)}`;
  return (
    <main class="report">
      <header>
        <h2>{words.menuPicture}</h2>
        <label>
          {words.period}{" "}
          <select
            value={days}
            onChange={(event) => {
              setFailed(false);
              setDays(Number(event.currentTarget.value));
            }}
          >
            {DAYS.map((count) => (
              <option value={count}>{words.lastDays(count)}</option>
            ))}
          </select>
        </label>
      </header>
      <p class="soft">{words.menuLegend}</p>
      {failed ? <p role="alert">{words.reportFailed}</p> : <img key={source} src={source} alt={words.menuPicture} onError={() => setFailed(true)} />}
    </main>
  );
}
