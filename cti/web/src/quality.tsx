// The page of scores: what it holds depends on whether one scores or sees what others scored.
import { useState } from "preact/hooks";
import { AgreementPage } from "./agreement.tsx";
import { Draws } from "./draws.tsx";
import { useQualityWords } from "./quality.words.ts";
import { AgentScores, ScoreList } from "./scores.tsx";
import { Scoring } from "./scoring.tsx";
import type { Ui } from "./types.ts";

const OF_SCORER = ["toScore", "given", "draws"] as const;
const OF_OTHERS = ["agents", "scores", "agreement", "draws"] as const;
type Sheet = (typeof OF_SCORER)[number] | (typeof OF_OTHERS)[number];

export function QualityPage({ ui, scores }: { ui: Ui; scores: boolean }) {
  const words = useQualityWords();
  const sheets: readonly Sheet[] = scores ? OF_SCORER : OF_OTHERS;
  const [sheet, setSheet] = useState<Sheet>(sheets[0]!);
  const [agent, setAgent] = useState<string | null>(null);
  return (
    <main class="report quality">
      <header>
        <h2>{words.quality}</h2>
        <div class="sheets">
          {sheets.map((name) => (
            <button type="button" class="small" data-sheet={name} aria-pressed={name === sheet} onClick={() => setSheet(name)}>
              {words[name]}
            </button>
          ))}
        </div>
      </header>
      {sheet === "toScore" ? (
        <Scoring ui={ui} />
      ) : sheet === "agents" ? (
        <AgentScores
          ui={ui}
          onOpen={(of) => {
            setAgent(of);
            setSheet("scores");
          }}
        />
      ) : sheet === "agreement" ? (
        <AgreementPage />
      ) : sheet === "draws" ? (
        <Draws ui={ui} blind={scores} />
      ) : (
        <ScoreList key={`${sheet} ${agent ?? ""}`} ui={ui} own={sheet === "given"} agent={agent} onAll={() => setAgent(null)} />
      )}
    </main>
  );
}
