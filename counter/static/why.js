// why.js: why this ticket is called now, in one line for the clerk and for whoever asks.

import { mss } from "../shared/clock.js"
import { _ } from "../shared/words.js"

/** "Senior priority, 30 min head start, passed 7" or "In order of coming". */
export function whyCalled(reason, page) {
  if (!reason) return ""
  return [how(reason, page), headStart(reason), passed(reason), reason.rule === "chosen" && reason.moved !== "resumed" && waited(reason)].filter(Boolean).join(_(", "))
}

function how({ rule, moved, priority }, page) {
  if (moved === "resumed") return _("Taken back from hold")
  if (rule === "chosen") return _("Chosen by the clerk")
  if (rule === "bound") return _("Sent to this counter")
  if (moved === "restored") return _("Came back after a no-show")
  if (moved === "first") return _("Sent on to the front")
  return page.classes[priority] ?? _("In order of coming")
}

const headStart = ({ head_start_s: seconds, rule, moved }) =>
  rule === "line" && !moved && seconds > 0 ? _("%(n)s min ahead of time", { n: Math.round(seconds / 60) }) : null

const passed = ({ passed_over: count }) => (count ? _("passed %(n)s people", { n: count }) : null)

const waited = ({ waited_s: seconds }) => _("waited %(time)s", { time: mss(seconds) })
