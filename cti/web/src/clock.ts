// Running clocks by the server's time: the page's own clock may be wrong, its pace is not.
import { useEffect, useReducer, useRef } from "preact/hooks";

let ahead = 0; // milliseconds by which the server's clock is ahead of ours
let measured = false;

/** A message says what the server's clock showed when it was sent. It took a while to come, so the largest difference is the best. */
export function hear(serverNow: string, isFirst: boolean): void {
  const difference = Date.parse(serverNow) - Date.now();
  ahead = isFirst || !measured ? difference : Math.max(ahead, difference);
  measured = true;
}

export function serverNow(): number {
  return Date.now() + ahead;
}

const tickers = new Set<(now: number) => void>();
setInterval(() => tickers.forEach((tick) => tick(serverNow())), 500);

/** The server's time in milliseconds; the component is drawn anew twice a second. */
export const useNow = (): number => useByTime((now) => now);

/** What `read` makes of the server's time; the component is drawn anew when that has changed. */
export function useByTime<Value extends string | number>(read: (now: number) => Value): Value {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const value = read(serverNow());
  const drawn = useRef({ read, value });
  drawn.current = { read, value };
  useEffect(() => {
    const tick = (now: number) => drawn.current.read(now) !== drawn.current.value && redraw();
    tickers.add(tick);
    return () => void tickers.delete(tick);
  }, []);
  return value;
}

export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}
