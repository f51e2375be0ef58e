/** The part of PromQL that the rules use. Times are in seconds. */
export type Expr =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "series"; readonly name: string; readonly matchers: readonly Matcher[] }
  | { readonly type: "offset"; readonly of: Expr; readonly by: number }
  /** Without a step: a range of a series. */
  | { readonly type: "range"; readonly of: Expr; readonly length: number; readonly step: number | undefined }
  | { readonly type: "call"; readonly name: string; readonly args: readonly Expr[] }
  | { readonly type: "aggregate"; readonly name: string; readonly grouping: Grouping; readonly of: Expr }
  | {
    readonly type: "binary";
    readonly operator: string;
    readonly left: Expr;
    readonly right: Expr;
    readonly matching: Grouping;
    readonly group: "left" | "right" | undefined;
  };

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Labels that are kept, or that are not. */
export interface Grouping {
  readonly keep: boolean;
  readonly labels: readonly string[];
}

const TOKEN =
  /\s*(?:(#[^\n]*)|("(?:[^"\\]|\\.)*")|(\d+(?:ms|[smhdw])(?:\d+(?:ms|[smhdw]))*)|(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([a-zA-Z_][\w:]*)|(==|!=|<=|>=|=~|!~|[-+*/%^<>=(){}[\],:]))/gy;

const AGGREGATIONS = new Set(["max", "min", "sum", "avg", "count", "group"]);
/** The loosest first. */
const OPERATORS = [["or"], ["and", "unless"], ["==", "!=", "<=", "<", ">=", ">"], ["+", "-"], ["*", "/"]];
const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a duration such as `1h30m`. */
export function secondsOf(duration: string): number {
  return [...duration.matchAll(/(\d+)(ms|[smhdw])/g)]
    .reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? NaN), 0);
}

/** @throws {SyntaxError} for what it does not know */
export function parsePromql(text: string): Expr {
  const tokens = [...text.matchAll(TOKEN)];
  const end = tokens.reduce((sum, [token]) => sum + token.length, 0);
  if (text.slice(end).trim() !== "") throw new SyntaxError(`Unknown PromQL: ${text.slice(end)}`);
  const parser = new Parser(tokens.filter(([, comment]) => comment === undefined).map(([token]) => token.trim()));
  const expr = parser.binary(0);
  parser.finish();
  return expr;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  finish(): void {
    if (this.#at < this.#tokens.length) throw new SyntaxError(`Unexpected ${this.#rest()}`);
  }

  binary(level: number): Expr {
    const operators = OPERATORS[level];
    if (operators === undefined) return this.#unary();
    let left = this.binary(level + 1);
    for (let operator = this.#peek(); operators.includes(operator); operator = this.#peek()) {
      this.#at++;
      const on = this.#accept("on");
      const matching: Grouping = on || this.#accept("ignoring")
        ? { keep: on, labels: this.#labels() }
        : { keep: false, labels: [] };
      const group = this.#accept("group_left") ? "left" : this.#accept("group_right") ? "right" : undefined;
      if (group !== undefined && this.#peek() === "(" && this.#labels().length > 0) {
        throw new SyntaxError("Labels of group_left are not supported");
      }
      left = { type: "binary", operator, left, right: this.binary(level + 1), matching, group };
    }
    return left;
  }

  #unary(): Expr {
    let expr = this.#primary();
    for (;;) {
      if (this.#accept("[")) {
        const length = secondsOf(this.#next());
        const step = this.#accept(":") ? secondsOf(this.#next()) : undefined;
        this.#expect("]");
        expr = { type: "range", of: expr, length, step };
      } else if (this.#accept("offset")) expr = { type: "offset", of: expr, by: secondsOf(this.#next()) };
      else return expr;
    }
  }

  #primary(): Expr {
    const token = this.#next();
    if (token === "(") {
      const expr = this.binary(0);
      this.#expect(")");
      return expr;
    }
    if (token.startsWith('"')) return { type: "string", value: JSON.parse(token) };
    if (/^\d/.test(token)) return { type: "number", value: Number(token) };
    if (!/^[a-zA-Z_]/.test(token)) throw new SyntaxError(`Unexpected ${token} ${this.#rest()}`);
    if (AGGREGATIONS.has(token)) return this.#aggregate(token);
    if (this.#peek() !== "(") return { type: "series", name: token, matchers: this.#matchers() };
    return { type: "call", name: token, args: this.#list(() => this.binary(0)) };
  }

  #aggregate(name: string): Expr {
    let grouping = this.#grouping();
    const [of, ...others] = this.#list(() => this.binary(0));
    if (of === undefined || others.length > 0) throw new SyntaxError(`${name} takes one argument`);
    grouping ??= this.#grouping();
    return { type: "aggregate", name, grouping: grouping ?? { keep: true, labels: [] }, of };
  }

  #grouping(): Grouping | undefined {
    if (this.#accept("by")) return { keep: true, labels: this.#labels() };
    return this.#accept("without") ? { keep: false, labels: this.#labels() } : undefined;
  }

  #matchers(): readonly Matcher[] {
    if (this.#peek() !== "{") return [];
    return this.#list(
      () => {
        const label = this.#next();
        const operator = this.#next();
        return { label, operator, value: String(JSON.parse(this.#next())) };
      },
      "{",
      "}",
    );
  }

  #labels(): readonly string[] {
    return this.#list(() => this.#next());
  }

  #list<T>(item: () => T, open = "(", close = ")"): readonly T[] {
    this.#expect(open);
    const items: T[] = [];
    while (!this.#accept(close)) {
      items.push(item());
      if (this.#peek() !== close) this.#expect(",");
    }
    return items;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? "";
  }

  #next(): string {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #accept(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw new SyntaxError(`Expected ${token} at ${this.#rest()}`);
  }

  #rest(): string {
    return this.#tokens.slice(this.#at, this.#at + 10).join(" ");
  }
}
