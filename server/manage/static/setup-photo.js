// setup-photo.js: the portrait of a person: chosen, sent and shown at once, or taken away. What is refused is said beside it.

import { put, Refusal, remove } from "../shared/api.js"
import { timeOfDay } from "../shared/clock.js"
import { _ } from "../shared/words.js"

const MEGABYTE = 1_048_576
const VERSION = /^"(\w{16})/      // of the hash that the portrait is tagged with

/** Answers { heard(message) } for a person's form; null on every other page. */
export function portrait({ clock }) {
  const place = document.querySelector("[data-photo]")
  if (!place) return null
  const at = `/api/staff/${encodeURIComponent(place.dataset.photo)}/photo`
  const image = place.querySelector("img")
  const file = place.querySelector("input")
  const take = place.querySelector("[data-unphoto]")
  const done = place.querySelector(".done")
  const problem = place.querySelector(".problem")
  const most = Number(place.dataset.mostBytes)
  let busy = false
  let newest = 0                                       // word of it may come in another order

  function show(address) {
    if (address) image.src = (document.documentElement.dataset.base || "") + address
    else image.removeAttribute("src")
    image.hidden = take.hidden = !address
    place.querySelector(".nobody").hidden = Boolean(address)
  }

  function refuse(text) {
    problem.textContent = text
    problem.hidden = text === ""
    if (text) file.setAttribute("aria-invalid", "true"); else file.removeAttribute("aria-invalid")
  }

  async function act(doing) {
    if (busy) return
    busy = true
    refuse("")
    done.textContent = _("Saving …")
    try {
      show((await doing()).photo)
      done.textContent = _("In force since %(time)s", { time: timeOfDay(clock.now(), clock.zone) })
    } catch (failure) {
      done.textContent = ""
      refuse(sentence(failure))
    } finally {
      busy = false
      file.value = ""                                  // the same file again is a choice again
    }
  }

  function sentence(failure) {
    if (failure.error === "too_large") return _("The photo is larger than %(n)s MB.", { n: most / MEGABYTE })
    return failure instanceof Refusal ? failure.detail : _("The system does not answer just now")
  }

  file.addEventListener("change", (event) => {
    event.stopPropagation()                            // nothing of the form has changed
    const [chosen] = file.files
    if (chosen) act(() => (chosen.size > most ? Promise.reject(Object.assign(new Error(), { error: "too_large" })) : put(at, chosen)))
  })
  file.addEventListener("input", (event) => event.stopPropagation())
  take.addEventListener("click", async () => {
    await act(() => remove(at))
    file.focus()
  })

  /** Somebody has changed portraits: if it was this one, it is shown as it is now. */
  async function heard({ seq, changes }) {
    const mine = changes.find(({ id }) => id === place.dataset.photo)
    if (busy || !mine || seq < newest) return
    newest = seq
    if (mine.gone) return show(null)
    const answer = await fetch((document.documentElement.dataset.base || "") + at, { cache: "no-cache" })
    const version = VERSION.exec(answer.headers.get("ETag") ?? "")
    if (answer.ok && version) show(`${at}?v=${version[1]}`)
  }

  return { heard }
}
