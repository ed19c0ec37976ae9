/** Something with the tag (`ETag`) that a change names, so that it is refused where somebody else was faster. */
export interface Tagged<Thing> {
  shown: Thing;
  etag: string;
}

export async function tagged<Thing>(answer: Promise<{ data?: Thing; response: Response }>): Promise<Tagged<Thing>> {
  const { data, response } = await answer;
  return { shown: data as Thing, etag: response.headers.get("ETag") ?? "*" };
}

/** What a change goes to, as it was read. */
export const asRead = <Path>(path: Path, etag: string | undefined) => ({
  params: { path, header: { "if-match": etag } },
});
