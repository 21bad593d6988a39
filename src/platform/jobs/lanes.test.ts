import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { DAY, HOUR, MINUTE, SECOND } from '../times.ts'
import * as lanes from './lanes.ts'
import { laneState } from './lanes.ts'
import type { LaneRow } from './tables.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const middle = () => 0.5
const host: LaneRow = {
  queue: 'deliver',
  lane: 'there.example',
  ready_at: 0,
  waiting: 3,
  inflight: 0,
  cap: 4,
  top: 50,
  served: 0,
  state: laneState.closed,
  fails: 0,
  fail_days: 0,
  open_until: 0,
  first_fail: null,
  last_fail: null,
  last_ok: null,
  ewma_ms: null,
  streak: 0,
}
const trouble = { retryAfter: undefined, ours: false, online: true }
const fail = (lane: LaneRow, now = NOW) => lanes.afterTrouble(lane, trouble, now, middle)
const failTimes = (lane: LaneRow, times: number, now = NOW) => {
  let after = lane
  for (let n = 0; n < times; n++) after = fail(after, now)
  return after
}

describe('the circuit of a lane', () => {
  test('opens at the fifth failure in a row and waits a minute', () => {
    assert.equal(failTimes(host, 4).state, laneState.closed)
    const open = failTimes(host, 5)
    assert.equal(open.state, laneState.open)
    assert.equal(open.open_until, NOW + MINUTE)
    assert.equal(open.cap, 1)
  })

  test('a success between failures keeps it closed', () => {
    const after = failTimes(lanes.afterSuccess(failTimes(host, 4), 100, NOW), 4)
    assert.equal(after.state, laneState.closed)
  })

  test('probes after 1, 5 and 15 minutes, 1, 3 and then every 6 hours, give or take a fifth', () => {
    const waits = [5, 6, 7, 8, 9, 10, 11].map((fails) => lanes.probeAfter(fails, middle))
    assert.deepEqual(waits, [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR])
    assert.equal(
      lanes.probeAfter(5, () => 0),
      0.8 * MINUTE,
    )
    assert.ok(lanes.probeAfter(5, () => 0.999) < 1.2 * MINUTE)
  })

  test('requests that were under way when it opened do not lengthen the wait', () => {
    const open = failTimes(host, 5)
    assert.deepEqual(fail(open), open)
  })

  test('a good probe half-opens it: 1, 2, 4 at once, then it is closed', () => {
    const open = failTimes(host, 5)
    const half = lanes.afterSuccess(open, 100, open.open_until)
    assert.deepEqual([half.state, half.cap, half.open_until], [laneState.half, 2, 0])
    const closed = lanes.afterSuccess(half, 100, NOW)
    assert.deepEqual([closed.state, closed.cap], [laneState.closed, 4])
  })

  test('a failure while half open opens it again', () => {
    const half = lanes.afterSuccess(failTimes(host, 5), 100, NOW)
    assert.equal(fail(half).state, laneState.open)
  })
})

describe('how much a host gets at once', () => {
  test('twenty quick successes add one, up to sixteen', () => {
    let lane = host
    for (let n = 0; n < 20; n++) lane = lanes.afterSuccess(lane, 100, NOW)
    assert.equal(lane.cap, 5)
    for (let n = 0; n < 1000; n++) lane = lanes.afterSuccess(lane, 100, NOW)
    assert.equal(lane.cap, 16)
  })

  test('slow successes add nothing', () => {
    let lane = host
    for (let n = 0; n < 100; n++) lane = lanes.afterSuccess(lane, 1500, NOW)
    assert.equal(lane.cap, 4)
  })

  test('a failure halves it, never below one', () => {
    assert.equal(fail({ ...host, cap: 16 }).cap, 8)
    assert.equal(fail({ ...host, cap: 1 }).cap, 1)
  })

  test('the shared lane and lanes that are no hosts keep theirs', () => {
    let lane = { ...host, queue: 'bulk', cap: 1 }
    for (let n = 0; n < 100; n++) lane = lanes.afterSuccess(lane, 1, NOW)
    assert.equal(lane.cap, 1)
  })
})

describe('Retry-After', () => {
  const asked = (retryAfter: number, lane = host) =>
    lanes.afterTrouble(lane, { ...trouble, retryAfter }, NOW, middle)

  test('pauses the lane that long and counts no failure', () => {
    const after = asked(90 * SECOND)
    assert.deepEqual([after.open_until, after.fails, after.state], [NOW + 90 * SECOND, 0, laneState.closed])
    assert.equal(lanes.readyAt(after, NOW), NOW + 90 * SECOND)
  })

  test('is honoured for six hours at most', () => {
    assert.equal(asked(30 * DAY).open_until, NOW + 6 * HOUR)
  })

  test('outlives the success of a request that was under way', () => {
    assert.equal(lanes.afterSuccess(asked(HOUR), 100, NOW).open_until, NOW + HOUR)
  })
})

describe('giving a host up', () => {
  const failDaily = (days: number, online: boolean) => {
    let lane: LaneRow = { ...host, last_ok: NOW }
    for (let day = 1; day <= days; day++) {
      const now = NOW + day * DAY
      for (let n = 0; n < 6; n++)
        lane = lanes.afterTrouble({ ...lane, open_until: 0 }, { ...trouble, online }, now, middle)
    }
    return lane
  }

  test('takes seven days that each had a failure', () => {
    assert.equal(failDaily(6, true).state, laneState.open)
    assert.equal(failDaily(7, true).state, laneState.gone)
  })

  test('many failures on one day do not give it up', () => {
    const once = failTimes(host, 40)
    const later = fail({ ...once, open_until: 0 }, NOW + 30 * DAY)
    assert.notEqual(later.state, laneState.gone)
  })

  test('days on which we reached nobody do not count', () => {
    const lane = failDaily(30, false)
    assert.equal(lane.state, laneState.open)
    assert.equal(lane.fail_days, 0)
  })

  test('trouble on our side pauses and blames nobody', () => {
    const after = lanes.afterTrouble(host, { ...trouble, ours: true }, NOW, middle)
    assert.deepEqual({ ...after, open_until: 0 }, host)
    assert.equal(after.open_until, NOW + MINUTE)
  })

  test('only deliveries are given up', () => {
    const mail = {
      ...host,
      queue: 'mail',
      fail_days: 30,
      first_fail: NOW - 30 * DAY,
      last_fail: NOW - DAY,
      fails: 50,
    }
    assert.equal(fail(mail).state, laneState.open)
  })

  test('a revived lane starts clean', () => {
    const lane = lanes.revived(failDaily(7, true))
    assert.deepEqual([lane.state, lane.cap, lane.fails, lane.fail_days, lane.open_until], [0, 4, 0, 0, 0])
  })
})

describe('when a job is offered again', () => {
  test('after its own failures: 15 s, 1, 4, 16, 64 min, up to 6 h', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 20].map((failures) => lanes.afterFailure(failures, 0, middle))
    assert.deepEqual(waits.slice(0, 5), [15 * SECOND, MINUTE, 4 * MINUTE, 16 * MINUTE, 64 * MINUTE])
    assert.deepEqual(waits.slice(6), [6 * HOUR, 6 * HOUR])
    assert.equal(
      lanes.afterFailure(1, 0, () => 0),
      0.75 * 15 * SECOND,
    )
  })

  test('after its lane opened: right behind the probe, so that another job can be the probe', () => {
    const open = failTimes(host, 5)
    const at = lanes.afterLane({ lane_failures: 9 }, open, NOW, middle)
    assert.ok(at > open.open_until && at <= open.open_until + 15 * SECOND)
  })

  test('a job that alone is refused by a host that takes the others is given up', () => {
    const job = { lane_failures: 8, created_at: NOW - HOUR }
    assert.equal(lanes.isRefusedAlone(job, { ...host, last_ok: NOW }), true)
    assert.equal(lanes.isRefusedAlone(job, { ...host, last_ok: NOW - DAY }), false)
    assert.equal(lanes.isRefusedAlone({ ...job, lane_failures: 7 }, { ...host, last_ok: NOW }), false)
  })
})
