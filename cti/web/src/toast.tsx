// A word at the foot of the page about what was just done, and the means to undo it, for a while.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { ProblemLine, useRequest } from "./parts.tsx";
import { useWords } from "./words.ts";

const SHOWN_FOR = 15_000;

interface Told {
  text: string;
  undo?: (() => Promise<unknown>) | undefined;
}

const Toasts = createContext<(told: Told) => void>(() => undefined);
export const useToast = (): ((told: Told) => void) => useContext(Toasts);

export function WithToasts({ children }: { children: ComponentChildren }) {
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => {
    if (!told) return;
    const timer = setTimeout(() => setTold(null), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [told]);
  return (
    <Toasts.Provider value={setTold}>
      {children}
      <div class="toast-place" role="status">
        {told && <Toast key={told.text} told={told} onTold={setTold} />}
      </div>
    </Toasts.Provider>
  );
}

function Toast({ told, onTold }: { told: Told; onTold(next: Told | null): void }) {
  const words = useWords();
  const request = useRequest();
  const { undo } = told;
  async function takeBack(): Promise<void> {
    if (undo && (await request.run(undo))) onTold({ text: `${told.text}: ${words.supervision.undoes}` });
  }
  return (
    <div class="toast">
      <span>{told.text}</span>
      {undo && (
        <button type="button" class="small" disabled={request.busy} onClick={takeBack}>
          {words.supervision.undo}
        </button>
      )}
      <button type="button" class="small" onClick={() => onTold(null)}>
        {words.close}
      </button>
      <ProblemLine problem={request.problem} />
    </div>
  );
}
