/** The Server-Sent Events of an answer, one after the other: their name, and their data as it was sent. */
export async function* eventsOf(response: Response): AsyncGenerator<{ name: string; data: string }> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [first = "", second = ""] = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      if (first.startsWith("event: ")) yield { name: first.slice(7), data: second.slice(6) };
    }
  }
}
