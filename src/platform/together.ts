type Waiting<Item> = { item: Item; resolve: () => void; reject: (error: unknown) => void }

/**
 * Does for many at once what is asked for one by one: what comes while the last of it is under way goes together next.
 * Where that fails each is done alone, so that nobody suffers from another's fault.
 */
export function together<Item>(
  work: (items: Item[]) => Promise<void>,
  most: number,
): (item: Item) => Promise<void> {
  const waiting: Waiting<Item>[] = []
  let running = false

  async function doAlone({ item, resolve, reject }: Waiting<Item>): Promise<void> {
    try {
      await work([item])
      resolve()
    } catch (error) {
      reject(error)
    }
  }

  async function goOn(): Promise<void> {
    running = true
    // What comes within one turn of the event loop comes together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most)
      try {
        await work(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        if (batch.length === 1) batch[0]?.reject(error)
        else for (const each of batch) await doAlone(each)
      }
    }
    running = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!running) void goOn()
    })
}
