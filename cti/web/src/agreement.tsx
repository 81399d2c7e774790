// How far people who scored the same conversations agree, by pair and criterion.
import { useState } from "preact/hooks";
import { ProblemLine } from "./parts.tsx";
import { agreement, inLanguage, type Agreement } from "./quality.ts";
import { useQualityWords } from "./quality.words.ts";
import { Period, useDays } from "./scores.tsx";
import { useSpeech } from "./words.ts";

const GOOD = 0.6;
const FAIR = 0.4;

export function AgreementPage() {
  const words = useQualityWords();
  const [days, setDays] = useState(91);
  const { found, problem } = useDays<Agreement>(agreement, days);
  return (
    <>
      <Period days={days} onChange={setDays} />
      <p class="soft">
        {words.agreementHint} {words.kappaHint}
      </p>
      <ProblemLine problem={problem} />
      {found && found.scorers < 2 && <p class="strong">{words.tooFewScorers(found.scorers)}</p>}
      {found?.pairs.length === 0 && <p class="soft">{words.noPairs}</p>}
      {found?.pairs.map((pair) => <Pair key={`${pair.first}\n${pair.second}`} pair={pair} />)}
    </>
  );
}

function Pair({ pair }: { pair: Agreement["pairs"][number] }) {
  const words = useQualityWords();
  const { language } = useSpeech();
  return (
    <section class="panel agreement" data-pair={`${pair.first} ${pair.second}`}>
      <header>
        <h2>{words.pair(pair.first, pair.second)}</h2>
        <span class="panel-aside">{words.conversations(pair.conversations)}</span>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.criterion}</th>
            <th scope="col" class="num">{words.scored}</th>
            <th scope="col" class="num">{words.equal}</th>
            <th scope="col" class="num">{words.kappa}</th>
            <th scope="col">{words.reading}</th>
          </tr>
        </thead>
        <tbody>
          {pair.criteria.map((row) => (
            <tr data-criterion={row.criterion}>
              <th scope="row">
                {inLanguage(row.label, language)}
                {row.kind === "points" && <span class="soft"> 0–{row.most}</span>}
              </th>
              <td class="num">{row.conversations}</td>
              <td class="num">{row.share === null ? "–" : `${Math.round(row.share * 100)} %`}</td>
              <td class="num">{row.kappa === null ? "–" : row.kappa.toFixed(2)}</td>
              <td class={row.too_few ? "soft" : ""}>{row.too_few ? words.tooFew : reading(row.kappa, words)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** In three words of Altman's scale: above 0.6 good, above 0.4 moderate. */
function reading(kappa: number | null, words: ReturnType<typeof useQualityWords>): string {
  if (kappa === null) return words.undefined;
  return kappa > GOOD ? words.good : kappa > FAIR ? words.fair : words.poor;
}
