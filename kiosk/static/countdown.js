// countdown.js: the time a ticket stands: a bar, and the seconds in words on the button.

import { _ } from "../shared/words.js"
import { slot } from "./views.js"

const TICK_MS = 250

export function countdown({ over }) {
  const bar = document.querySelector(".countdown span")
  let timer = 0
  let whole = 0
  let ends = 0

  const draw = () => {
    const left = Math.max(0, ends - performance.now())
    bar.style.setProperty("transform", `scaleX(${left / (whole * 1000)})`)
    slot("left").textContent = _("back in %(n)s s", { n: Math.ceil(left / 1000) })
    if (left === 0) { end(); over() }
  }

  function begin(seconds) {
    end()
    whole = seconds
    ends = performance.now() + seconds * 1000
    timer = setInterval(draw, TICK_MS)
    draw()
  }

  /** Twice the time, from its beginning: there is more to read. */
  function double() {
    if (!timer) return
    ends += whole * 1000
    whole *= 2
    draw()
  }

  function end() { clearInterval(timer); timer = 0 }

  return { begin, double, end }
}
