/**
 * Maps a stream with at most `limit` calls under way, and yields their results in the order of the inputs. Reads the
 * next input only when there is room for it, so what is held stays bounded however slow the reader of the results is.
 */
export async function* mapInOrder<Input, Output>(
  inputs: AsyncIterable<Input>,
  map: (input: Input) => Promise<Output>,
  limit: number,
): AsyncGenerator<Output, void> {
  const underWay: Promise<Output>[] = []
  for await (const input of inputs) {
    underWay.push(heldBack(map(input)))
    const first = underWay.length < limit ? undefined : underWay.shift()
    if (first !== undefined) yield await first
  }
  for (const result of underWay) yield await result
}

/** A failure waits for its turn, instead of ending the process as one that nobody looks at. */
function heldBack<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {})
  return promise
}
