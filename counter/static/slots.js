// slots.js: the places of the page that scripts fill, by name. A text that has not changed is not touched.

const known = new Map()

/** The element with data-put="name". */
export function slot(name) {
  if (!known.has(name)) known.set(name, document.querySelector(`[data-put="${name}"]`))
  return known.get(name)
}

/** Put `text` there; an empty place takes no room. */
export function put(name, text) {
  const element = slot(name)
  if (element.textContent !== text) element.textContent = text
  element.classList.toggle("empty", text === "")
}
