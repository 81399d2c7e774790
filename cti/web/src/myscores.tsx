// What my own conversations were scored, with what the scorer wrote; by whom is not told.
import { useEffect, useState } from "preact/hooks";
import { Foreign, Moment } from "./parts.tsx";
import { ownScores, percent, type OwnScore } from "./quality.ts";
import { useQualityWords } from "./quality.words.ts";

const SHOWN = 5;
const AGAIN_EVERY = 600_000;

export function MyScores() {
  const words = useQualityWords();
  const [found, setFound] = useState<OwnScore[]>([]);
  useEffect(() => {
    const fetch = () => void ownScores().then(({ scores }) => setFound(scores), () => undefined); // the connection's sign says that it is lost
    fetch();
    const timer = setInterval(fetch, AGAIN_EVERY);
    return () => clearInterval(timer);
  }, []);
  if (found.length === 0) return null;
  return (
    <section class="my-scores" aria-label={words.mine}>
      <h3>{words.mine}</h3>
      <ul>
        {found.slice(0, SHOWN).map((one) => (
          <li>
            <span class="strong">{percent(one.total)}</span> <Moment at={one.held_at} />
            {one.comment && (
              <p class="soft">
                <Foreign text={one.comment} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
