// band.js: who sits here.

import { _ } from "../shared/words.js"
import { put, slot } from "./slots.js"

export function drawBand({ desk }) {
  const { clerk } = desk
  put("clerk", clerk?.name ?? "")
  put("job", clerk?.job_no ?? "")
  const stars = slot("stars")
  stars.hidden = !clerk?.star
  stars.dataset.stars = String(clerk?.star ?? 0)
  if (clerk?.star) stars.setAttribute("aria-label", _("%(n)s of 5 stars", { n: clerk.star }))
}
