/**
 * A value per time of a grid that starts at 0; NaN where there is none. Nothing that the rules compute is NaN otherwise: a
 * test with the real promtool would show it.
 */
export type Column = Float64Array;

/** What a range function makes of the values in a range. */
export type RangeFunction = "sum" | "avg" | "min" | "max" | "count" | "last" | "present";

/**
 * Applies a range function at each time, to what is in the range that ends there. Both ends belong to a range, as in
 * Prometheus 2.
 *
 * @param length of the range, and `step` between its values, in times of the grid
 */
export function overTime(values: Column, kind: RangeFunction, length: number, step: number): Column {
  if (kind === "last") return last(values, length, step);
  const picked = step === 1 ? values : values.filter((_, at) => at % step === 0);
  // Between two steps, the oldest value may be out of the range already.
  const size = Math.floor(length / step);
  const more = windows(picked, kind, size + 1);
  const fewer = step === 1 || size === 0 ? more : windows(picked, kind, size);
  return new Float64Array(values.length).map((_, at) =>
    (at % step <= length % step ? more : fewer)[Math.floor(at / step)] ?? NaN
  );
}

function last(values: Column, length: number, step: number): Column {
  let known = -Infinity;
  return values.map((value, at) => {
    if (value === value && at % step === 0) known = at;
    return at - known <= length ? values[known] ?? NaN : NaN;
  });
}

/** Of the last `size` values at each place. Nothing is subtracted, so that a sum of zeros is zero. */
function windows(values: Column, kind: RangeFunction, size: number): Column {
  const { length } = values;
  const counts = counted(values, size);
  if (kind === "count" || kind === "present") {
    return counts.map((count) => count === 0 ? NaN : kind === "count" ? count : 1);
  }
  const empty = kind === "max" ? -Infinity : kind === "min" ? Infinity : 0;
  const join = kind === "max" ? Math.max : kind === "min" ? Math.min : (one: number, other: number) => one + other;
  // From the start of its block to each value, and from each value to the end of its block.
  const before = new Float64Array(length);
  const after = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const value = values[at] ?? NaN;
    const own = value === value ? value : empty;
    before[at] = at % size === 0 ? own : join(before[at - 1] ?? empty, own);
  }
  for (let at = length - 1; at >= 0; at--) {
    const value = values[at] ?? NaN;
    const own = value === value ? value : empty;
    after[at] = (at + 1) % size === 0 || at === length - 1 ? own : join(own, after[at + 1] ?? empty);
  }
  return counts.map((count, at) => {
    const from = at - size + 1;
    const isBlock = from <= 0 || at % size === size - 1;
    const whole = isBlock ? before[at] ?? NaN : join(after[from] ?? empty, before[at] ?? empty);
    return count === 0 ? NaN : kind === "avg" ? whole / count : whole;
  });
}

function counted(values: Column, size: number): Float64Array {
  let count = 0;
  return values.map((value, at) => {
    if (value === value) count++;
    const gone = values[at - size] ?? NaN;
    if (gone === gone) count--;
    return count;
  });
}

/** The values of `by` times ago. */
export function shift(values: Column, by: number): Column {
  const result = new Float64Array(values.length).fill(NaN);
  result.set(values.subarray(0, Math.max(0, values.length - by)), Math.min(by, values.length));
  return result;
}
