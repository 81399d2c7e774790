// Single-key shortcuts: heard only outside of fields, and only while the user wants them (WCAG 2.1.4).
import { useLayoutEffect, useState } from "preact/hooks";

const KEPT_AS = "hotline.shortcuts";

export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog") !== null;
}

export function useShortcuts(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => localStorage.getItem(KEPT_AS) !== "off");
  return [
    on,
    (wanted) => {
      localStorage.setItem(KEPT_AS, wanted ? "on" : "off");
      setOn(wanted);
    },
  ];
}

/** Calls `press` with each key pressed outside of fields; what it answers true to is done with. Heard from the moment the page shows it. */
export function useKeys(on: boolean, press: (key: string) => boolean): void {
  useLayoutEffect(() => {
    if (!on) return;
    function hear(event: KeyboardEvent): void {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isWriting(event.target)) return;
      if (press(event.key.toLowerCase())) event.preventDefault();
    }
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  });
}
