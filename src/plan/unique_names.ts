/**
 * Makes names unique: the first keeps its name; later ones get `_2`, `_3` …, passing over names that others have.
 *
 * @param names in order
 * @returns one a name
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  /** The next number of each name: counting from 2 each time takes minutes where there are many. */
  const next = new Map<string, number>();
  return names.map((name) => {
    let number = next.get(name);
    if (number === undefined) {
      next.set(name, 2);
      return name;
    }
    while (taken.has(`${name}_${number}`)) number++;
    taken.add(`${name}_${number}`);
    next.set(name, number + 1);
    return `${name}_${number}`;
  });
}
