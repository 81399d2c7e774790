// The rows of a long table that are near what one sees of it. Empty room stands for the others, so that all of them can be scrolled to.
// It knows nothing of what a row shows; the table says how many there are (`aria-rowcount`), and each row which one it is.
import { Fragment, type ComponentChild } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** So few items are all drawn. */
const WHOLE = 40;
/** The edges of what is drawn move in such steps, lest every turn of the wheel draw anew. */
const STEP = 2;
/** Rows are counted from 1, and the table's head is the first. */
export const FIRST_INDEX = 2;
/** Items are taken to be as high as they were until those that are drawn differ by so much. */
const OFF_BY = 0.2;

/** What the only, or first, row of an item bears; `place` is counted from 0. */
export const rowAt = (place: number) => ({ "data-place": place, "aria-rowindex": place + FIRST_INDEX });

/** Places from `first` up to `end`, and how high an item is (CSS pixels). */
interface Part {
  first: number;
  end: number;
  height: number;
}

interface RowsProps<Item> {
  items: Item[];
  keyOf(item: Item): string;
  columns: number;
  whole?: number;
  /** A row, or more than one; the first bears its `place`: see `rowAt`. */
  children(item: Item, place: number): ComponentChild;
}

/** The body of a table in a `.panel-body`. Where the keyboard is, and the rows beside it, stay drawn however far one scrolls. */
export function Rows<Item>({ items, keyOf, columns, whole = WHOLE, children }: RowsProps<Item>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [part, setPart] = useState<Part>({ first: 0, end: whole, height: 40 });
  const [held, setHeld] = useState("");
  const places = items.length <= whole ? range(0, items.length) : drawn(items.length, part, held ? items.findIndex((item) => keyOf(item) === held) : -1);
  const shown = useRef({ part, rows: places.length });
  shown.current = { part, rows: places.length };
  useLayoutEffect(() => {
    const table = body.current!;
    const scroller = table.closest<HTMLElement>(".panel-body")!;
    const look = () => {
      const { part, rows } = shown.current;
      const next = near(table, scroller, part, rows);
      if (next.first !== part.first || next.end !== part.end || next.height !== part.height) setPart(next);
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(table);
    sizes.observe(scroller);
    scroller.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      scroller.removeEventListener("scroll", look);
    };
  }, []);
  function hold(event: FocusEvent): void {
    let row: Element | null | undefined = (event.target as HTMLElement).closest("tr");
    while (row && !row.hasAttribute("data-place")) row = row.previousElementSibling;
    const item = items[Number(row?.getAttribute("data-place"))];
    if (item) setHeld(keyOf(item));
  }
  return (
    <tbody ref={body} onFocusIn={hold}>
      {places.map((place, at) => (
        <Fragment key={keyOf(items[place]!)}>
          <Room rows={place - (places[at - 1] ?? -1) - 1} height={part.height} columns={columns} />
          {children(items[place]!, place)}
        </Fragment>
      ))}
      <Room key="below" rows={items.length - (places.at(-1) ?? -1) - 1} height={part.height} columns={columns} />
    </tbody>
  );
}

function Room({ rows, height, columns }: { rows: number; height: number; columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr class="room" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${rows * height}px` }} />
    </tr>
  );
}

/** The places that are drawn, in order: those of `part`, and the one that is held with its neighbours, where Tab leads. */
function drawn(count: number, part: Part, held: number): number[] {
  const places = new Set(range(Math.min(part.first, count - 1), Math.min(Math.max(part.end, 1), count)));
  if (held >= 0) range(Math.max(0, held - 1), Math.min(held + 2, count)).forEach((place) => places.add(place));
  return [...places].sort((a, b) => a - b);
}

const range = (first: number, end: number): number[] => Array.from({ length: Math.max(0, end - first) }, (_, place) => first + place);

/** The part that should be drawn as the scroller stands now: what one sees, and as much again above and below. */
function near(body: HTMLElement, scroller: HTMLElement, part: Part, rows: number): Part {
  const besides = [...body.querySelectorAll<HTMLElement>("tr:not([data-place])")].reduce((total, row) => total + row.offsetHeight, 0);
  const mean = (body.offsetHeight - besides) / rows;
  const height = mean > 0 && Math.abs(mean - part.height) > OFF_BY * part.height ? mean : part.height;
  const inSight = scroller.clientHeight / height;
  const above = scroller.scrollTop / part.height;
  return { first: Math.max(0, Math.floor((above - inSight) / STEP) * STEP), end: Math.ceil((above + 2 * inSight) / STEP) * STEP, height };
}
