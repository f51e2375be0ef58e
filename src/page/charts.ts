import { type Html, html } from "./html.ts";

/** A point of a line: its time and its value, in any units. */
export type XY = readonly [x: number, y: number];

const WIDTH = 96;
const HEIGHT = 20;

/**
 * Draws a line without axes, as wide as its time.
 *
 * @param points by time; nothing is drawn of fewer than two
 * @param span what the whole width stands for, in the units of x, up to the last point
 */
export function sparkline(points: readonly XY[], span: number): Html | undefined {
  const last = points.at(-1);
  if (last === undefined || points.length < 2) return undefined;
  const [end] = last;
  const values = points.map(([, y]) => y);
  const low = values.reduce((least, y) => Math.min(least, y));
  const range = values.reduce((most, y) => Math.max(most, y)) - low;
  const place = ([x, y]: XY): readonly [number, number] => [
    Math.round(WIDTH - WIDTH * Math.min(1, (end - x) / span)),
    Math.round(range === 0 ? HEIGHT / 2 : HEIGHT - 1 - (HEIGHT - 2) * (y - low) / range),
  ];
  return html`
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}">
      <path d="${pathOf(points.map(place))}" />
    </svg>
  `;
}

/** A path of whole numbers, relative so that it is short; points on a level line are left out. */
function pathOf(points: readonly (readonly [number, number])[]): string {
  let path = "";
  let [x, y] = points[0] ?? [0, 0];
  path = `M${x} ${y}`;
  let level = 0;
  const flat = (): void => {
    if (level > 0) path += `h${level}`;
    level = 0;
  };
  for (const [nextX, nextY] of points.slice(1)) {
    const [right, down] = [nextX - x, nextY - y];
    if (down === 0) level += right;
    else {
      flat();
      path += `l${right}${down < 0 ? "" : " "}${down}`;
    }
    [x, y] = [nextX, nextY];
  }
  flat();
  return path;
}

/**
 * Draws how full something is, with its thresholds.
 *
 * @param value 0 or more; more than twice the highest mark fills the bar
 * @param marks such as thresholds; nothing is drawn unless one is above 0
 */
export function bar(value: number, marks: readonly number[]): Html | undefined {
  const full = 2 * marks.reduce((most, mark) => Math.max(most, mark), 0);
  if (!(full > 0)) return undefined;
  const place = (amount: number): number => Math.round(WIDTH * Math.min(1, amount / full));
  const lines = marks.map((mark) => `M${place(mark)} 0v8`).join("");
  return html`
    <svg viewBox="0 0 ${WIDTH} 8">
      <path d="M0 0h${place(value)}v8H0" />
      <path d="${lines}" />
    </svg>
  `;
}
