// clock.js: the hall's time, whatever this machine's clock says. None of it ever stands in a live region.

import { _ } from "./words.js"

const TICK_MS = 1_000
const MONTHS = [
  _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
  _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
]
const WEEKDAYS = [_("Sunday"), _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday")]

/**
 * The hall's clock: `now` as the server stamped the snapshot, `zone` of the hall, `speed` of a hall that plays (0 or absent: 1).
 *
 * The offset counts from when the page was fetched, so that a slow page does not make the hall late.
 */
export function hallClock({ now, zone, speed = 1 }) {
  let base = Date.parse(now)
  let at = performance.now()
  const rate = () => speed || 1
  const millis = () => base + (performance.now() - at) * rate()
  return {
    zone,
    now: () => new Date(millis()),
    /** Hear the server's time again: from a beat or a fresh snapshot. */
    set(stamp, pace = speed) { base = Date.parse(stamp); at = performance.now(); speed = pace },
    time: (when = new Date(millis())) => timeOfDay(when, zone),
    date: (when = new Date(millis())) => dateOf(when, zone),
    /** Whole seconds since `stamp`, never negative. */
    since: (stamp) => Math.max(0, Math.floor((millis() - Date.parse(stamp)) / 1000)),
    /** Whole seconds left until `stamp`, never negative. */
    until: (stamp) => Math.max(0, Math.ceil((Date.parse(stamp) - millis()) / 1000)),
  }
}

/** "10:26" in the hall. */
export function timeOfDay(when, zone) {
  const { hour, minute } = parts(when, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  return `${hour}:${minute}`
}

/** "Monday 23 November", as the page's language writes it. */
export function dateOf(when, zone) {
  const { year, month, day } = parts(when, zone, { year: "numeric", month: "numeric", day: "numeric" })
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]
  return _("%(weekday)s %(day)s %(month)s", { weekday, day: Number(day), month: MONTHS[month - 1] })
}

/** Seconds as m:ss, or h:mm:ss from an hour on. */
export function mss(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n) => String(n).padStart(2, "0")
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

/** Run `draw` now and each second; answers a function that ends it. */
export function everySecond(draw) {
  draw()
  const timer = setInterval(draw, TICK_MS)
  return () => clearInterval(timer)
}

/**
 * Keep the page's clocks going: [data-clock="time"], [data-clock="date"], and [data-since="…Z"] as m:ss since then.
 */
export function runClocks(clock, root = document) {
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text }
  return everySecond(() => {
    for (const element of root.querySelectorAll("[data-clock]")) put(element, clock[element.dataset.clock]())
    for (const element of root.querySelectorAll("[data-since]")) if (element.dataset.since) put(element, mss(clock.since(element.dataset.since)))
  })
}

function parts(when, timeZone, shape) {
  const found = new Intl.DateTimeFormat("en-GB", { timeZone, ...shape }).formatToParts(new Date(when))
  return Object.fromEntries(found.map(({ type, value }) => [type, value]))
}
