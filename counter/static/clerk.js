// clerk.js: the card of who serves here, kept right.

import { _ } from "../shared/words.js"
import { put, slot } from "./slots.js"

export function drawClerk({ clerk, name, state, reason }) {
  put("job", clerk ? _("No. %(job)s", { job: clerk.job_no }) : "")
  put("post", clerk?.post ?? "")
  slot("post").lang = clerk?.post_lang ?? ""
  const stars = slot("stars")
  stars.hidden = !clerk?.star
  stars.dataset.stars = String(clerk?.star ?? 0)
  const word = [null, _("one star"), _("two stars"), _("three stars"), _("four stars"), _("five stars")][clerk?.star ?? 0] ?? ""
  stars.setAttribute("aria-label", word)
  put("stars-word", word)
  const said = { paused: [_("Paused"), reason].filter(Boolean).join(" · "), closed: _("This counter is closed"), not_in_use: _("This counter is not in use") }[state] ?? ""
  put("name", clerk?.name ?? (said || name))
  put("state", clerk ? said : "")
  slot("state").hidden = !clerk || said === ""
  document.body.dataset.state = state
  portrait(clerk?.photo)
}

/** The face beside the name; without one the card is as wide as ever. */
function portrait(photo) {
  const image = slot("photo")
  const address = photo ? (document.documentElement.dataset.base || "") + photo : ""
  if (image.getAttribute("src") !== address) image.src = address
  image.hidden = !photo
  document.body.toggleAttribute("data-portrait", Boolean(photo))
}
