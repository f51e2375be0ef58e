import { type Html, html } from "./html.ts";
import type { XY } from "./charts.ts";

/** A level line. */
export interface LevelLine {
  readonly name: string;
  readonly value: number;
}

/** What a plot shows. */
export interface Plot {
  readonly title: string;
  /** The same in words, for those who cannot see it. */
  readonly description: string;
  /** By time: seconds since the Unix epoch and any unit; at least two. */
  readonly points: readonly XY[];
  /** Those of interest, such as top-ups. */
  readonly marks: readonly XY[];
  readonly levels: readonly LevelLine[];
}

const WIDTH = 720;
const HEIGHT = 240;
/** Room for the labels of the axes. */
const LEFT = 72;
const BOTTOM = 24;
const TOP = 12;
const RIGHT = 12;

/** Draws a line over time, with axes. */
export function plot({ title, description, points, marks, levels }: Plot): Html {
  const times = points.map(([x]) => x);
  const [start = 0, end = 1] = [times[0], times.at(-1)];
  const values = [...points.map(([, y]) => y), ...levels.map(({ value }) => value)];
  const yTicks = ticks(Math.min(...values), Math.max(...values));
  const [low = 0, high = 1] = [yTicks[0], yTicks.at(-1)];
  const x = (time: number): number =>
    rounded(LEFT + (WIDTH - LEFT - RIGHT) * (time - start) / Math.max(1, end - start));
  const y = (value: number): number =>
    rounded(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - low) / (high - low));
  const line = points.map(([time, value], index) => `${index === 0 ? "M" : "L"}${x(time)} ${y(value)}`).join("");
  return html`
    <svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
      <title>${title}</title>
      <desc>${description}</desc>
      <g class="grid">
        ${yTicks.map((value) =>
          html`
            <path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" />
            <text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${tickText(value)}</text>
          `
        )}
        ${timeTicks(start, end).map((time) =>
          html`<text x="${x(time)}" y="${HEIGHT - 6}" text-anchor="${anchorOf(x(time))}" class="time">${
            clockText(time)
          }</text>`
        )}
      </g>
      <g class="levels">
        ${levels.map(({ name, value }) =>
          html`
            <g class="${name}">
              <path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" />
              <text x="${WIDTH - RIGHT}" y="${y(value) - 4}" text-anchor="end">${name}</text>
            </g>
          `
        )}
      </g>
      <path class="line" d="${line}" />
      ${marks.map(([time, value]) => html`<circle cx="${x(time)}" cy="${y(value)}" r="4" />`)}
    </svg>
  `;
}

/** Near the right end there is no room for half a text. */
function anchorOf(place: number): string {
  return place > WIDTH - LEFT / 2 ? "end" : "middle";
}

function rounded(place: number): number {
  return Math.round(10 * place) / 10;
}

/**
 * Chooses round numbers, evenly spaced, from one at or below the least value to one at or above the greatest.
 *
 * @param count about how many
 */
export function ticks(low: number, high: number, count: number = 4): readonly number[] {
  // Values that differ in their last digits alone are equal to the eye.
  const span = high - low > 1e-9 * Math.abs(high) ? high - low : Math.abs(high) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  // Multiples of a step below 1 are not exact.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Seconds between two labels of the time axis. */
const TIME_STEPS = [10, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600];
const MAX_TIME_TICKS = 8;

/**
 * Chooses round times.
 *
 * @param start in seconds since the Unix epoch, up to a few days before the end
 */
export function timeTicks(start: number, end: number): readonly number[] {
  const step = TIME_STEPS.find((each) => (end - start) / each <= MAX_TIME_TICKS) ?? 86_400;
  const first = Math.ceil(start / step);
  const last = Math.floor(end / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

function clockText(time: number): string {
  const text = new Date(1000 * time).toISOString();
  return time % 60 === 0 ? text.slice(11, 16) : text.slice(11, 19);
}

function tickText(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}
