// enrol.js: a one-time code makes this browser a station; the page says which one it now is, and where that station's page is.

import { post, Refusal } from "./api.js"
import { _ } from "./words.js"

const form = document.querySelector("form")
const refusal = form.querySelector(".refusal")
const result = document.querySelector(".result")
const base = document.documentElement.dataset.base

/** The page of a station, by its type. */
function pageOf({ type, area, counter }) {
  if (type === "kiosk") return "/kiosk"
  if (type === "hall_screen") return `/display${area ? `?area=${encodeURIComponent(area)}` : ""}`
  if (type === "counter" && counter) return `/display/counter/${counter}`
  return "/"
}

async function enrol() {
  refusal.hidden = true
  const button = form.querySelector("[type=submit]")
  button.disabled = true
  try {
    const answer = await post("/api/stations/enrolment", { code: form.code.value.trim() })
    const station = answer.station && typeof answer.station === "object" ? answer.station : { ...answer, name: answer.station ?? answer.name }
    history.replaceState(null, "", location.pathname)         // the code is spent: it need not stay in the address
    form.hidden = true
    document.querySelector(".hint").hidden = true
    const link = document.createElement("a")
    link.className = "button act"
    link.href = base + pageOf(station)
    link.textContent = station.type ? _("Open its page") : _("To the first page")
    const line = document.createElement("p")
    line.textContent = _("This browser is now station %(name)s.", { name: station.name })
    result.replaceChildren(line, link)
    result.hidden = false
  } catch (failure) {
    button.disabled = false
    refusal.textContent = failure instanceof Refusal ? failure.detail : _("The system does not answer just now")
    refusal.hidden = false
    form.code.focus()
  }
}

form.addEventListener("submit", (event) => { event.preventDefault(); enrol() })
if (form.code.value) enrol()
