// live.js: follow topics of the hall's journal for as long as the page lives.

const RETRY_MS = 1_000
const RETRY_MAX_MS = 15_000
const SILENCE_MS = 10_000    // two beats missed: the link is lost
const WATCH_MS = 1_000
const RESYNC_SPREAD_MS = 1_000   // pages that start afresh do not all do it in the same instant

/**
 * Follow `topics` from `seq` of `journal` on. Answers { stop, seq }.
 *
 * onEvent(message)   every event once and in order, and what is not journalled (position, waiting, desk, input, picture)
 * onNow(now)         the hall's time, with each hello and beat
 * onLink(up, since)  when the link comes or is lost; `since`: milliseconds (browser clock) of the last word heard
 * onResync()         what the page shows can no longer be continued; a fresh snapshot is due
 * onSetup(message)   the manager has changed the hall: names, hours, services, rules; a fresh page is due as soon as it disturbs nobody
 */
export function follow({ topics, journal, seq, onEvent, onNow = () => {}, onLink = () => {}, onResync = () => location.reload(), onSetup = afresh }) {
  let wait = RETRY_MS
  let socket = null
  let retry = 0
  let heard = Date.now()
  let up = null
  let over = false

  const link = (now) => {
    if (now === up) return
    up = now
    onLink(up, heard)
  }

  const hear = ({ data }) => {
    heard = Date.now()
    const message = JSON.parse(data)
    if (message.kind === "resync") {
      stop()
      setTimeout(onResync, Math.random() * RESYNC_SPREAD_MS)
      return
    }
    if (message.now) onNow(message.now)
    link(true)
    if (message.kind === "hello") { wait = RETRY_MS; return }
    if ("seq" in message) seq = message.seq          // an event or a beat: all up to here has been heard
    if (message.kind === "setup.changed") setTimeout(onSetup, Math.random() * RESYNC_SPREAD_MS, message)
    else if (message.kind !== "beat") onEvent(message)
  }

  const open = () => {
    if (over || socket) return
    const query = new URLSearchParams({ topics: [].concat(topics).join(","), journal, since: seq })
    const opened = socket = new WebSocket(address(`/live?${query}`))
    opened.onmessage = (message) => { if (opened === socket) hear(message) }
    opened.onclose = () => { if (opened === socket) again() }
  }

  const again = () => {
    socket = null
    clearTimeout(retry)
    if (over) return
    retry = setTimeout(open, wait * (0.75 + Math.random() / 2))
    wait = Math.min(wait * 2, RETRY_MAX_MS)
  }

  const drop = () => {
    const dropped = socket
    socket = null                                     // what it still says is no longer heard
    if (dropped) dropped.close()
  }

  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE_MS) return
    link(false)
    if (socket && socket.readyState === WebSocket.OPEN) { drop(); again() }
  }, WATCH_MS)

  const now = () => { if (!over && !socket) { clearTimeout(retry); wait = RETRY_MS; open() } }
  const away = () => drop()

  function stop() {
    over = true
    clearInterval(watch)
    clearTimeout(retry)
    removeEventListener("online", now)
    removeEventListener("pagehide", away)
    removeEventListener("pageshow", now)
    drop()
  }

  addEventListener("online", now)
  addEventListener("pagehide", away)
  addEventListener("pageshow", now)                   // back from the browser's page cache
  open()
  return { stop, get seq() { return seq } }
}

/** Take the page again, once it is there to be had: a page that stands is better than the browser's own error. */
export async function afresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(RETRY_MAX_MS) })
    if (answer.status < 500) return location.reload()
  } catch { /* nobody answers */ }
  setTimeout(afresh, RETRY_MS)
}

/** Run `doing` as soon as `free()`: at once, or when what is going on is over. */
export function whenFree(free, doing = afresh) {
  if (free()) doing(); else setTimeout(() => whenFree(free, doing), WATCH_MS)
}

/** Where a socket of this hall lives: the page's own origin and base. */
function address(path) {
  return location.origin.replace(/^http/, "ws") + (document.documentElement.dataset.base || "") + path
}
