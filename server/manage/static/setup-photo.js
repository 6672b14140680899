// setup-photo.js: the portrait of a person: chosen, sent and shown at once, or taken away. What is refused is said beside it.

import { put, Refusal, remove } from "../shared/api.js"
import { timeOfDay } from "../shared/clock.js"
import { _ } from "../shared/words.js"

const MEGABYTE = 1_048_576

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

  function show(address) {
    if (!address) image.removeAttribute("src")
    else if (address !== image.getAttribute("src")) image.src = address
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
      const { photo } = await doing()
      show(photo && (document.documentElement.dataset.base || "") + photo)
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

  /** Somebody has changed portraits: if it was this one, it is shown as the page would show it now. */
  async function heard({ changes }) {
    if (busy || !changes.some(({ id }) => id === place.dataset.photo)) return
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } })
    if (!answer.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-photo] img")
    if (fresh && !busy) show(fresh.getAttribute("src"))
  }

  return { heard }
}
