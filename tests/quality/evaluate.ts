import { type Column, overTime, type RangeFunction, shift } from "./columns.ts";
import type { Expr, Grouping, Matcher } from "./promql.ts";

export type Labels = Readonly<Record<string, string>>;

/** A series over time, without its name. */
export interface Series {
  readonly labels: Labels;
  readonly values: Column;
}

/** What expressions are evaluated on: all series by name, with a value at each time of the grid. */
export interface Database {
  /** Number of times, and seconds between them. */
  readonly length: number;
  readonly step: number;
  readonly series: Map<string, readonly Series[]>;
}

type Value = number | Column | readonly Series[];

/**
 * Evaluates an expression at all times of the grid at once. Every series has a value at each time of the grid or is
 * stale, as when it is scraped or recorded at least as often: there is nothing to look back for.
 */
export function evaluate(expr: Expr, db: Database): readonly Series[] {
  const value = valueOf(expr, db);
  if (!isVector(value)) throw new TypeError("An expression without series");
  return value;
}

function isVector(value: Value): value is readonly Series[] {
  return Array.isArray(value);
}

function valueOf(expr: Expr, db: Database): Value {
  switch (expr.type) {
    case "number":
      return expr.value;
    case "series":
      return (db.series.get(expr.name) ?? []).filter(({ labels }) =>
        expr.matchers.every((one) => matches(labels, one))
      );
    case "offset":
      return vectorOf(expr.of, db).map(({ labels, values }) => ({ labels, values: shift(values, expr.by / db.step) }));
    case "call":
      return call(expr.name, expr.args, db);
    case "aggregate":
      return aggregate(expr.name, expr.grouping, vectorOf(expr.of, db), db);
    case "binary":
      return binary(expr, db);
    case "string":
    case "range":
      throw new TypeError(`Misplaced ${expr.type}`);
  }
}

function vectorOf(expr: Expr | undefined, db: Database): readonly Series[] {
  if (expr === undefined) throw new TypeError("Missing argument");
  const value = valueOf(expr, db);
  if (!isVector(value)) throw new TypeError("Expected series");
  return value;
}

function matches(labels: Labels, { label, operator, value }: Matcher): boolean {
  const actual = labels[label] ?? "";
  switch (operator) {
    case "=":
      return actual === value;
    case "!=":
      return actual !== value;
    default:
      return new RegExp(`^(?:${value})$`).test(actual) === (operator === "=~");
  }
}

const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  avg_over_time: "avg",
  sum_over_time: "sum",
  min_over_time: "min",
  max_over_time: "max",
  count_over_time: "count",
  last_over_time: "last",
  present_over_time: "present",
};

function call(name: string, args: readonly Expr[], db: Database): Value {
  const kind = RANGE_FUNCTIONS[name];
  const [first, second, third] = args;
  if (kind !== undefined) return rangeOf(kind, first, db);
  switch (name) {
    case "time":
      return new Float64Array(db.length).map((_, at) => at * db.step);
    case "clamp_min":
      return mapped(vectorOf(first, db), Math.max, numberOf(second, db));
    case "clamp_max":
      return mapped(vectorOf(first, db), Math.min, numberOf(second, db));
    case "clamp":
      return mapped(mapped(vectorOf(first, db), Math.max, numberOf(second, db)), Math.min, numberOf(third, db));
    case "label_replace":
      return labelled(vectorOf(first, db), args.slice(1).map((arg) => arg.type === "string" ? arg.value : ""));
    default:
      throw new TypeError(`Unknown function ${name}`);
  }
}

function numberOf(expr: Expr | undefined, db: Database): number {
  const value = expr === undefined ? NaN : valueOf(expr, db);
  if (typeof value !== "number") throw new TypeError("Expected a number");
  return value;
}

/** Absent values stay absent: Math.max() of NaN is NaN. */
function mapped(vector: readonly Series[], of: (one: number, other: number) => number, by: number): readonly Series[] {
  return vector.map(({ labels, values }) => ({ labels, values: values.map((value) => of(value, by)) }));
}

/** Only sets a label of all: no expression is used. */
function labelled(vector: readonly Series[], [name = "", value = "", source]: readonly string[]): readonly Series[] {
  if (source !== "" || value.includes("$")) throw new TypeError("label_replace() is supported for fixed values only");
  return vector.map(({ labels, values }) => ({ labels: { ...labels, [name]: value }, values }));
}

function rangeOf(kind: RangeFunction, expr: Expr | undefined, db: Database): readonly Series[] {
  if (expr?.type === "offset") {
    const by = expr.by / db.step;
    return rangeOf(kind, expr.of, db).map(({ labels, values }) => ({ labels, values: shift(values, by) }));
  }
  if (expr?.type !== "range") throw new TypeError(`Expected a range for ${kind}_over_time()`);
  const step = (expr.step ?? db.step) / db.step;
  if (!Number.isInteger(step)) throw new RangeError("The step of a subquery is a multiple of the grid's");
  return vectorOf(expr.of, db).map(({ labels, values }) => ({
    labels,
    values: overTime(values, kind, expr.length / db.step, step),
  }));
}

function keyOf(labels: Labels, { keep, labels: names }: Grouping): string {
  return JSON.stringify(Object.entries(reduced(labels, { keep, labels: names })).toSorted());
}

function reduced(labels: Labels, { keep, labels: names }: Grouping): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([name, value]) => names.includes(name) === keep && value !== ""),
  );
}

function aggregate(name: string, grouping: Grouping, vector: readonly Series[], db: Database): readonly Series[] {
  const groups = Map.groupBy(vector, ({ labels }) => keyOf(labels, grouping));
  return [...groups.values()].map((members) => {
    const labels = reduced(members[0]?.labels ?? {}, grouping);
    if (members.length === 1 && ["max", "min", "sum", "avg"].includes(name)) {
      return { labels, values: members[0]?.values ?? new Float64Array(db.length) };
    }
    const columns = members.map(({ values }) => values);
    const values = new Float64Array(db.length).map((_, at) => {
      let count = 0;
      let sum = 0;
      let max = -Infinity;
      let min = Infinity;
      for (const column of columns) {
        const value = column[at] ?? NaN;
        if (value !== value) continue;
        count++;
        sum += value;
        max = Math.max(max, value);
        min = Math.min(min, value);
      }
      return count === 0 ? NaN : { max, min, sum, avg: sum / count, count, group: 1 }[name] ?? NaN;
    });
    return { labels, values };
  });
}

type Binary = Extract<Expr, { type: "binary" }>;

function binary(expr: Binary, db: Database): Value {
  const { operator, matching } = expr;
  const left = valueOf(expr.left, db);
  const right = valueOf(expr.right, db);
  if (isVector(left) && isVector(right)) {
    switch (operator) {
      case "or":
        return merged([...left, ...without(right, left, matching, false)]);
      case "and":
        return without(left, right, matching, true);
      case "unless":
        return without(left, right, matching, false);
      default:
        return merged(joined(expr, left, right, db));
    }
  }
  if (isVector(left) && !isVector(right)) {
    return left.map(({ labels, values }) => ({ labels, values: computed(operator, values, right, "left", db) }));
  }
  if (isVector(right) && !isVector(left)) {
    return right.map(({ labels, values }) => ({ labels, values: computed(operator, left, values, "right", db) }));
  }
  if (typeof left === "number" && typeof right === "number") return operate(operator, left, right, left);
  return isVector(left) || isVector(right) ? [] : computed(operator, left, right, "left", db);
}

/** Series with the same labels are one. */
function merged(vector: readonly Series[]): readonly Series[] {
  const groups = Map.groupBy(vector, ({ labels }) => keyOf(labels, { keep: false, labels: [] }));
  return [...groups.values()].flatMap((members) => {
    const [first, ...others] = members;
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    const values = first.values.slice();
    for (const other of others) {
      other.values.forEach((value, at) => {
        const own = values[at] ?? NaN;
        if (own !== own) values[at] = value;
      });
    }
    return [{ labels: first.labels, values }];
  });
}

/** Only where there is a matching value of others, or only where there is none. */
function without(
  vector: readonly Series[],
  others: readonly Series[],
  matching: Grouping,
  isWanted: boolean,
): readonly Series[] {
  const byKey = Map.groupBy(others, ({ labels }) => keyOf(labels, matching));
  return vector.flatMap((series) => {
    const found = byKey.get(keyOf(series.labels, matching));
    if (found === undefined) return isWanted ? [] : [series];
    const columns = found.map(({ values }) => values);
    const values = series.values.map((value, at) => {
      for (const column of columns) {
        const other = column[at] ?? NaN;
        if (other === other) return isWanted ? value : NaN;
      }
      return isWanted ? NaN : value;
    });
    return [{ labels: series.labels, values }];
  });
}

/** Arithmetic and comparisons of series. That a time has several matches would be an error, and is none here. */
function joined(
  { operator, matching, group }: Binary,
  left: readonly Series[],
  right: readonly Series[],
  db: Database,
): readonly Series[] {
  const [many, one] = group === "right" ? [right, left] : [left, right];
  const byKey = Map.groupBy(one, ({ labels }) => keyOf(labels, matching));
  return many.flatMap(({ labels, values }) =>
    (byKey.get(keyOf(labels, matching)) ?? []).map((other) => ({
      labels: group === undefined ? reduced(labels, matching) : labels,
      values: group === "right"
        ? computed(operator, other.values, values, "left", db)
        : computed(operator, values, other.values, "left", db),
    }))
  );
}

/** @param side whose value a comparison keeps */
function computed(
  operator: string,
  left: number | Column,
  right: number | Column,
  side: "left" | "right",
  { length }: Database,
): Column {
  const result = new Float64Array(length);
  for (let at = 0; at < length; at++) {
    const one = typeof left === "number" ? left : left[at] ?? NaN;
    const other = typeof right === "number" ? right : right[at] ?? NaN;
    result[at] = operate(operator, one, other, side === "left" ? one : other);
  }
  return result;
}

function operate(operator: string, left: number, right: number, kept: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "<":
      return left < right ? kept : NaN;
    case ">":
      return left > right ? kept : NaN;
    case "<=":
      return left <= right ? kept : NaN;
    case ">=":
      return left >= right ? kept : NaN;
    case "==":
      return left === right ? kept : NaN;
    case "!=":
      return left !== right && left === left && right === right ? kept : NaN;
    default:
      throw new TypeError(`Unknown operator ${operator}`);
  }
}
