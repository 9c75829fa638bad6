import { Repeater } from "@graphql-yoga/subscription";

/** Hands an item to the reader. Resolves when the reader asks for the next one, so that nothing piles up behind a slow one. */
export type Push<Item> = (item: Item) => Promise<unknown>;

/**
 * A subscription's items: `produce` begins with the first read, its signal is aborted when the reader goes away, also while it waits,
 * and the iteration ends when it returns or fails.
 */
export function live<Item>(
  produce: (push: Push<Item>, signal: AbortSignal) => Promise<void>,
): AsyncIterableIterator<Item> {
  return new Repeater<Item>(async (push, stop) => {
    const ended = new AbortController();
    void stop.then(() => ended.abort());
    try {
      await produce(push, ended.signal);
    } finally {
      ended.abort();
      stop();
    }
  });
}
