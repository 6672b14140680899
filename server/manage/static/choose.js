// choose.js: one counter's keypad and pad at a time, chosen by its plate; without script all of them stand there.

export function chooseCounter() {
  const plates = [...document.querySelectorAll("[data-choose]")]
  if (!plates.length) return
  plates[0].parentElement.hidden = false

  const show = (counter) => {
    for (const plate of plates) plate.setAttribute("aria-pressed", String(plate.dataset.choose === counter))
    for (const set of document.querySelectorAll("[data-set]")) set.hidden = set.dataset.set !== counter
  }
  for (const plate of plates) plate.addEventListener("click", () => show(plate.dataset.choose))
  show(plates[0].dataset.choose)
}
