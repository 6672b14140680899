// keys.js: press the keys of virtual devices: with a finger, or with the digits of a keyboard while one stands on a pad.

import { post, Refusal } from "../shared/api.js"
import { _ } from "../shared/words.js"

const SAID_MS = 4_000
const DOWN_MS = 140         // how long a cap that a keyboard pressed looks pressed
const said = document.getElementById("said")
let quiet = 0

export function keys() {
  document.addEventListener("click", (event) => {
    const cap = event.target.closest("[data-press]")
    if (cap) press(cap)
  })
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-scan]")
    if (!form) return
    event.preventDefault()
    press({ dataset: { press: form.elements.code.value.trim(), station: form.dataset.station, device: form.dataset.device } })
    form.reset()
  })
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return
    const cap = event.target.closest(".hardware")?.querySelector(`[data-press="${event.key}"]`)
    if (!cap || cap.disabled) return
    cap.classList.add("pressed")
    setTimeout(() => cap.classList.remove("pressed"), DOWN_MS)
    press(cap)
  })
}

async function press({ dataset: { press: key, station, device } }) {
  try {
    await post(`/api/stations/${station}/devices/${device}/input`, { key })
  } catch (failure) {
    say(failure instanceof Refusal ? failure.detail : _("Nobody answers. Please try again."))
  }
}

function say(text) {
  said.textContent = text
  clearTimeout(quiet)
  quiet = setTimeout(() => { said.textContent = "" }, SAID_MS)
}
