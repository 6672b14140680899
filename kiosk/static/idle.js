// idle.js: nobody touches it any more: back to the plain home, in the hall's language and size. The last seconds show.

import { _ } from "../shared/words.js"

const IDLE_MS = 30_000
const IDLE_LARGE_MS = 60_000
const WARNING_MS = 10_000
const TICK_MS = 250
const STILL_MS = 5_000      // nobody is just about to touch it

export function idleReset({ large, home, atRest }) {
  const box = document.querySelector(".idle")
  const bar = box.querySelector(".bar span")
  const left = box.querySelector(".left")
  const whole = large ? IDLE_LARGE_MS : IDLE_MS
  let touched = performance.now()
  let off = false

  function tick() {
    const rest = whole - (performance.now() - touched)
    const resting = off || atRest()
    box.hidden = resting || rest > WARNING_MS
    if (resting) return
    bar.style.setProperty("transform", `scaleX(${Math.max(0, rest) / WARNING_MS})`)
    left.textContent = _("Back to the start in %(n)s s", { n: Math.max(0, Math.ceil(rest / 1000)) })
    if (rest <= 0) { touched = performance.now(); home() }
  }

  function restart(now = {}) {
    touched = performance.now()
    if ("off" in now) off = now.off
    tick()
  }

  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => restart())
  setInterval(tick, TICK_MS)
  return { restart, untouched: () => performance.now() - touched > STILL_MS }
}
