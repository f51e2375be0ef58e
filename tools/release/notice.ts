import type { Built } from "./sbom.ts";

const LINE = "-".repeat(80);

/** Of the runtime, which is not a package. It contains V8 and more, each under its own licence. */
const DENO_LICENCE = `MIT License

Copyright 2018-2026 the Deno authors

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The licences of the parts of the binary. */
export function notice({ version, deno, packages }: Built): string {
  const parts = packages.map(({ name, version, licence, licenceText }) =>
    `${LINE}\n${name} ${version} (${licence})\n${LINE}\n\n${licenceText}\n`
  );
  return [
    `wallet-balance-exporter ${version}, under the Apache License 2.0, contains the software below.\n`,
    `${LINE}\nDeno ${deno} (MIT)\n${LINE}\n\n${DENO_LICENCE}\n`,
    `Deno contains V8 and other software; their licences are in https://github.com/denoland/deno/tree/v${deno}\n`,
    ...parts,
  ].join("\n");
}
