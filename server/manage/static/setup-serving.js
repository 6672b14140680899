// setup-serving.js: which counters call a service. The counters keep it; here it is changed in the same act as the service.

import { keyOf } from "./setup-save.js"

/** Answers { changed, changes(setup, made) }: the boxes that differ, and the changes of their counters. */
export function serving(form) {
  const place = form.querySelector("[data-serves]")
  if (!place) return { changed: () => [], changes: () => [] }
  const doc = place.closest("[data-doc]")
  const boxes = [...place.querySelectorAll("input")]
  const group = doc.querySelector('[data-field="group"] select')
  for (const box of boxes) box.wanted = box.first = "own" in box.dataset

  /** A counter that serves the whole group has the service anyway. */
  function draw() {
    for (const box of boxes) {
      const anyway = JSON.parse(box.dataset.groups).includes(group.value)
      box.disabled = anyway
      box.checked = anyway || box.wanted
    }
  }

  const changed = () => boxes.filter((box) => !box.disabled && box.wanted !== box.first)

  function changes(setup, made) {
    const service = made ?? doc.dataset.id
    const chosen = changed().map((box) => box.value)
    place.classList.toggle("changed", chosen.length > 0)
    return setup.counter.filter((counter) => chosen.includes(keyOf(counter, "counter"))).map((counter) => {
      const rest = counter.services.filter((one) => one !== service)
      const wanted = boxes.find((box) => box.value === keyOf(counter, "counter")).wanted
      return { noun: "counter", id: keyOf(counter, "counter"), doc: { ...counter, services: wanted ? [...rest, service] : rest } }
    })
  }

  place.addEventListener("input", ({ target }) => { target.wanted = target.checked; place.classList.toggle("changed", changed().length > 0) })
  group.addEventListener("input", draw)
  draw()
  return { changed, changes }
}
