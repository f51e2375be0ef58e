/** One small change of a source text. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A node of the syntax tree, as far as mutators look at it. */
interface Node {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly parent?: Node | null;
  readonly operator?: string;
  readonly value?: unknown;
  readonly raw?: string;
  readonly test?: Node;
  readonly consequent?: Node;
  readonly alternate?: Node | null;
  readonly left?: Node;
  readonly right?: Node;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly argument?: Node | null;
  readonly property?: Node;
  readonly object?: Node;
  readonly name?: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
}

/** What each operator is exchanged for. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
  "*": ["+"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  "|": ["&"],
  "&": ["|"],
  "&&": ["||"],
  "||": ["&&"],
  "??": ["&&"],
};

/** What each method is exchanged for. */
const METHODS: Readonly<Record<string, string>> = {
  every: "some",
  some: "every",
  push: "unshift",
  slice: "concat",
  padStart: "padEnd",
  floor: "ceil",
  ceil: "floor",
  min: "max",
  max: "min",
  pop: "shift",
};

/** Texts for people are not tested to the letter: what is thrown with them is. */
const SPEAKERS: ReadonlySet<string> = new Set(["RpcError", "TypeError", "RangeError"]);

/**
 * Makes every mutant of a source text. Works within `deno test` only, where the
 * runtime lends its parser.
 *
 * @param source TypeScript
 */
export function mutantsOf(source: string): readonly Mutant[] {
  const mutants: Mutant[] = [];
  const text = (node: Node): string => source.slice(...node.range);
  const put = ({ range: [start, end] }: Node, replacement: string): void => {
    const line = source.slice(0, start).split("\n").length;
    if (source.slice(start, end) !== replacement) mutants.push({ start, end, replacement, line });
  };
  const visit = (node: Node): void => {
    if (isLeftAlone(node)) return;
    for (const [of, replacement] of changesOf(node, text)) put(of, replacement);
  };
  Deno.lint.runPlugin(
    { name: "mutation", rules: { all: { create: () => ({ "*": visit }) as never } } },
    "mutated.ts",
    source,
  );
  return mutants;
}

type Change = readonly [node: Node, replacement: string];

function changesOf(node: Node, text: (node: Node) => string): readonly Change[] {
  const { test, consequent, alternate, left, right, operator = "" } = node;
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression": {
      if (left === undefined || right === undefined) return [];
      const whole = (OPERATORS[operator] ?? []).map((
        other,
      ): Change => [node, `(${text(left)} ${other} ${text(right)})`]);
      const sides: readonly Change[] = node.type === "LogicalExpression"
        ? [[node, text(left)], [node, text(right)]]
        : [];
      return [...whole, ...sides];
    }
    case "UnaryExpression":
      return operator === "!" && node.argument ? [[node, text(node.argument)]] : [];
    case "IfStatement":
      return test === undefined ? [] : [[test, "true"], [test, "false"]];
    case "ConditionalExpression":
      return consequent && alternate ? [[node, text(consequent)], [node, text(alternate)]] : [];
    case "Literal":
      return literalsFor(node);
    case "ReturnStatement":
      return node.argument ? [[node.argument, "undefined"]] : [];
    case "ExpressionStatement":
      return [[node, ";"]];
    case "ThrowStatement":
      return [[node, ";"]];
    case "AssignmentExpression":
      return operator === "??=" && left && right ? [[node, `${text(left)} = ${text(right)}`]] : [];
    case "UpdateExpression":
      return [];
    case "MemberExpression":
      return memberFor(node);
    default:
      return [];
  }
}

function literalsFor(node: Node): readonly Change[] {
  const { value, regex } = node;
  if (regex !== undefined) return regexesFor(regex).map((other) => [node, other]);
  if (typeof value === "boolean") return [[node, String(!value)]];
  if (typeof value === "bigint") return [[node, `${value + 1n}n`]];
  if (typeof value === "number") {
    return [[node, String(value + 1)], ...(value > 1 ? [[node, String(value - 1)] as const] : [])];
  }
  if (typeof value === "string") return [[node, value === "" ? '"mutated"' : '""']];
  return [];
}

/** An anchor, a quantifier or a class changed. */
function regexesFor({ pattern, flags }: { readonly pattern: string; readonly flags: string }): readonly string[] {
  const patterns = [
    pattern.replace(/^\^/, ""),
    pattern.replace(/\$$/, ""),
    pattern.replace(/(?<!\\)\+/, "*"),
    pattern.replace(/(?<!\\)\*/, "+"),
    pattern.replace(/\[\^/, "["),
    pattern.replace(/\[(?!\^)/, "[^"),
    pattern.replace(/\{(\d+),(\d+)\}/, (_, from, to) => `{${from},${Number(to) + 1}}`),
    pattern.replace(/\\d/, "\\D"),
  ];
  const others = [...patterns.map((other) => `/${other}/${flags}`), ...(flags === "" ? [] : [`/${pattern}/`])];
  return [...new Set(others)].filter((other) => other !== `/${pattern}/${flags}`);
}

function memberFor(node: Node): readonly Change[] {
  const { property, parent } = node;
  const isCalled = parent?.type === "CallExpression" && parent.callee?.range[0] === node.range[0] &&
    parent.callee.range[1] === node.range[1];
  const other = property?.type === "Identifier" && isCalled ? METHODS[property.name ?? ""] : undefined;
  return other === undefined || property === undefined ? [] : [[property, other]];
}

/** Imports, types, and texts for people. */
function isLeftAlone(node: Node): boolean {
  if (node.type.startsWith("TS")) return true;
  for (let at: Node | null | undefined = node; at; at = at.parent) {
    if (
      /^(TS(TypeAnnotation|InterfaceDeclaration|TypeAliasDeclaration|AsExpression|SatisfiesExpression)|ImportDeclaration)$/
        .test(at.type)
    ) {
      if (at.type !== "TSAsExpression" && at.type !== "TSSatisfiesExpression") return true;
    }
    const above: Node | null | undefined = at.parent;
    const isSpoken = above?.type === "NewExpression" && SPEAKERS.has(above.callee?.name ?? "");
    const place = above?.arguments?.findIndex(({ range }) => range[0] === at?.range[0]) ?? -1;
    if (isSpoken && place === (above?.callee?.name === "RpcError" ? 1 : 0)) return true;
  }
  return false;
}
