/** Whether tabs can agree on who holds something: browsers have what it takes only on secure pages. */
export const canTakeTurns = (): boolean => 'locks' in navigator && typeof BroadcastChannel === 'function'

/**
 * Lets one of all tabs at a time hold what goes by this name, for as long as it lives. `turn` hears when it is this one,
 * and when another took it over; `steal` takes it over from one that sleeps.
 */
export function takeTurns(name: string, turn: (isMine: boolean) => void): { steal(): void } {
  let waiting = new AbortController()
  let steals = false
  let isMine = false
  const held = () => {
    isMine = true
    turn(true)
    return new Promise<void>(() => {})
  }
  async function queue(): Promise<never> {
    for (;;) {
      waiting = new AbortController()
      const how = steals ? { steal: true } : { signal: waiting.signal }
      steals = false
      await navigator.locks.request(name, how, held).catch(() => {
        if (isMine) turn(false)
        isMine = false
      })
    }
  }
  void queue()
  return {
    steal() {
      if (isMine) return
      steals = true
      waiting.abort()
    },
  }
}
