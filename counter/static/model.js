// model.js: what the hall last said about this counter, and how it is asked again.

import { get } from "../shared/api.js"

/**
 * Keep the newest snapshot of one counter. `hear(desk, before, {own})` is told of each; `own`: it follows an act of this page.
 */
export function snapshots({ first, clock }) {
  const hearers = []
  let desk = first
  let asking = null
  let next = null

  function take(fresh, { own }) {
    if (fresh.journal === desk.journal && fresh.seq < desk.seq) return      // an answer overtaken by a newer one
    const before = desk
    desk = fresh
    clock.set(fresh.now, fresh.speed || 1)
    for (const hear of hearers) hear(desk, before, { own })
  }

  async function ask(how) {
    try {
      take(await get(`/api/counters/${desk.counter}`), how)
    } finally {
      asking = null
    }
  }

  /** Ask the hall again. While one question is on its way, further ones become a single next one. */
  function refresh(how = { own: false }) {
    if (!asking) return (asking = ask(how))
    if (next) { next.how.own ||= how.own; return next.promise }
    const queued = { how: { ...how } }
    queued.promise = asking.catch(() => {}).then(() => { next = null; return (asking = ask(queued.how)) })
    return (next = queued).promise
  }

  return {
    get desk() { return desk },
    onChange(hear) { hearers.push(hear); hear(desk, desk, { own: false }) },
    refresh,
    /** Ask, and leave it to the link's own banner to say when nobody answers. */
    quietly: () => refresh().catch(() => {}),
  }
}
