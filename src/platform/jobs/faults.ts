/** Thrown by a job whose lane (the host it talks to) failed: the lane backs off, the job loses nothing. */
export class LaneFault extends Error {
  /** The host asked for this pause, in ms: it is alive, so no failure is counted. */
  readonly retryAfter: number | undefined
  /** The trouble is on our side (no resolver, no line): everybody pauses, nobody is blamed. */
  readonly ours: boolean

  constructor(fault: { reason: string; retryAfter?: number | undefined; ours?: boolean }) {
    super(fault.reason)
    this.name = 'LaneFault'
    this.retryAfter = fault.retryAfter
    this.ours = fault.ours ?? false
  }
}

/** Thrown by a job that is over without having done its work (the receiver is gone, it came too late). */
export class Drop extends Error {
  /** Whether the host itself said so: then it is alive. */
  readonly answered: boolean

  constructor(reason: string, { answered = false } = {}) {
    super(reason)
    this.name = 'Drop'
    this.answered = answered
  }
}
