/** The body of an answer. */
export interface Body {
  readonly text: string;
  readonly bytes: number;
  /** Whether this is all of it. */
  readonly complete: boolean;
}

/**
 * Reads the body of an answer, and no more of it than makes sense.
 *
 * @param response the answer
 * @param limit the most bytes to read, after decompression
 */
export async function readUpTo(response: Response, limit: number): Promise<Body> {
  const told = lengthOf(response);
  if (told !== undefined && told <= limit) return { text: await response.text(), bytes: told, complete: true };
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  if (response.body === null) return { text, bytes, complete: true };
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of response.body) {
    text += decoder.decode(chunk.subarray(0, limit - bytes), { stream: true });
    bytes += chunk.length;
    if (bytes > limit) return { text, bytes, complete: false };
  }
  return { text: text + decoder.decode(), bytes, complete: true };
}

/**
 * The length of a body that is sent as it is: no more than that is ever read, and reading it whole is
 * quicker. Where chunks are announced besides, they count and the length does not.
 */
function lengthOf({ headers }: Response): number | undefined {
  if ((headers.get("content-encoding") ?? "") !== "" || headers.has("transfer-encoding")) return undefined;
  const length = headers.get("content-length");
  return length === null ? undefined : Number(length);
}
