// All keys at a glance: `?` opens it, `?` or Esc closes it.
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { useKeys } from "./keys.ts";
import { useWords, type Words } from "./words.ts";

type Group = [keyof Words["shortcutGroups"], [string, keyof Words["shortcutList"]][]];

export const KEYS: Group[] = [
  ["state", [["R", "ready"], ["N", "notReady"], ["1 – 9", "choice"]]],
  ["call", [["A", "answer"], ["H", "hold"], ["U", "mute"], ["P", "pauseRecording"], ["M", "note"], ["L", "promise"]]],
  ["others", [["T", "handOn"], ["G", "haveRead"], ["O", "giveOver"], ["C", "conference"], ["B", "back"]]],
  ["after", [["1 – 9", "choice"], ["+", "more"], ["Ctrl+Enter", "finish"], ["Esc", "leave"], ["?", "help"]]],
];

export function KeyHelp({ shortcuts }: { shortcuts: boolean }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  useKeys(shortcuts && !open, (key) => {
    if (key !== "?") return false;
    setOpen(true);
    return true;
  });
  useEffect(() => {
    if (!open) return;
    const hear = (event: KeyboardEvent) => event.key === "?" && setOpen(false);
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, [open]);
  if (!open) return null;
  return (
    <Dialog title={words.shortcuts} onClose={() => setOpen(false)}>
      <div class="key-help">
        {KEYS.map(([group, rows]) => (
          <section>
            <h3>{words.shortcutGroups[group]}</h3>
            <dl>
              {rows.map(([key, name]) => (
                <div>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{words.shortcutList[name]}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div class="dialog-end">
        <button type="button" autofocus onClick={() => setOpen(false)}>
          {words.close} <kbd>Esc</kbd>
        </button>
      </div>
    </Dialog>
  );
}
