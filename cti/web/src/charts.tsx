// Charts as plain SVG. What they show stands in the table below them too, so they are pictures with a name; no colour carries meaning alone.
import type { ComponentChildren } from "preact";

export interface Part {
  name: string;
  /** Which of the three looks it has: filled, hatched, or outlined. */
  look: "first" | "second" | "third";
  values: number[];
}

interface Frame {
  title: string;
  labels: string[];
  format(value: number): string;
}

const WIDTH = 600;
const HEIGHT = 170;
const LEFT = 46;
const BOTTOM = 22;
const TOP = 8;
const PLOT = { width: WIDTH - LEFT - 8, height: HEIGHT - TOP - BOTTOM };
const TICKS = 4;

const down = (share: number) => TOP + PLOT.height * (1 - share);

/** The next number above that people like: 1, 2, 2.5 or 5 and zeros. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const ten = 10 ** Math.floor(Math.log10(value));
  return ten * ([1, 2, 2.5, 5, 10].find((step) => step * ten >= value) ?? 10);
}

function Axes({ most, labels, format, slot }: { most: number; labels: string[]; format(value: number): string; slot: number }) {
  const every = Math.max(1, Math.ceil((labels.length * 46) / PLOT.width));
  return (
    <>
      {Array.from({ length: TICKS + 1 }, (_, tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH - 8} y1={down(tick / TICKS)} y2={down(tick / TICKS)} class={tick ? "chart-grid" : "chart-axis"} />
          <text x={LEFT - 6} y={down(tick / TICKS) + 4} text-anchor="end" class="chart-text">
            {format((most * tick) / TICKS)}
          </text>
        </g>
      ))}
      {labels.map(
        (label, place) =>
          place % every === 0 && (
            <text key={place} x={LEFT + slot * (place + 0.5)} y={HEIGHT - 6} text-anchor="middle" class="chart-text">
              {label}
            </text>
          ),
      )}
    </>
  );
}

function Figure({ title, legend, children }: { title: string; legend?: ComponentChildren; children: ComponentChildren }) {
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong> {legend}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        <defs>
          <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" class="hatch-ground" />
            <line x1="0" y1="0" x2="0" y2="5" class="hatch-line" />
          </pattern>
        </defs>
        {children}
      </svg>
    </figure>
  );
}

/** Columns, each of parts upon each other. */
export function StackedColumns({ title, labels, parts, format }: Frame & { parts: Part[] }) {
  const totals = labels.map((_, place) => parts.reduce((sum, part) => sum + (part.values[place] ?? 0), 0));
  const most = roundUp(Math.max(0, ...totals));
  const slot = PLOT.width / Math.max(1, labels.length);
  const width = Math.max(0.6, Math.min(slot * 0.72, 44));
  const legend = parts.length > 1 && (
    <span class="chart-legend">
      {parts.map((part) => (
        <span key={part.name}>
          <svg width="12" height="12" aria-hidden="true">
            <rect x="0.5" y="0.5" width="11" height="11" class={`part-${part.look}`} />
          </svg>{" "}
          {part.name}
        </span>
      ))}
    </span>
  );
  return (
    <Figure title={title} legend={legend}>
      <Axes most={most} labels={labels} format={format} slot={slot} />
      {labels.map((label, place) => {
        let below = 0;
        return (
          <g key={place}>
            <title>{`${label}: ${parts.map((part) => `${part.name} ${format(part.values[place] ?? 0)}`).join(", ")}`}</title>
            {parts.map((part) => {
              const value = part.values[place] ?? 0;
              const top = down((below + value) / most);
              const height = down(below / most) - top;
              below += value;
              return value > 0 && <rect x={LEFT + slot * (place + 0.5) - width / 2} y={top} width={width} height={height} class={`part-${part.look}`} />;
            })}
          </g>
        );
      })}
    </Figure>
  );
}

/** A line through what is known; where nothing is, it is broken. With few points, or points without a neighbour, dots. */
export function Line({ title, labels, values, format, most }: Frame & { values: (number | null)[]; most?: number }) {
  const top = most ?? roundUp(Math.max(0, ...values.map((value) => value ?? 0)));
  const slot = PLOT.width / Math.max(1, labels.length);
  const x = (place: number) => LEFT + slot * (place + 0.5);
  const path = values
    .map((value, place) => (value === null ? "" : `${place > 0 && values[place - 1] !== null ? "L" : "M"}${x(place).toFixed(1)} ${down(value / top).toFixed(1)}`))
    .join("");
  const known = values.flatMap((value, place) => (value === null ? [] : [{ value, place }]));
  const alone = ({ place }: { place: number }) => values[place - 1] == null && values[place + 1] == null;
  const dots = known.length <= 62 ? known : known.filter(alone);
  return (
    <Figure title={title}>
      <Axes most={top} labels={labels} format={format} slot={slot} />
      <path d={path} class="chart-line" />
      {dots.map(({ value, place }) => (
        <circle key={place} cx={x(place)} cy={down(value / top)} r={3} class="chart-dot">
          <title>{`${labels[place]}: ${format(value)}`}</title>
        </circle>
      ))}
    </Figure>
  );
}
