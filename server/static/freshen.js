// freshen.js: a page asks for itself again and takes over what has changed. What is kept keeps its focus, its choice, its place.

/**
 * Fetch `address` (this very page, as it is now) and bring every [data-live] region up to date; answers the fresh document.
 *
 * Elements are told apart by data-key, else by their order. What a person has typed or chosen stays. Elsewhere than here after
 * all (signed out): the page goes there, and null is answered.
 */
export async function freshen(address = location.href) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } })
  if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.assign(answer.url); return null }
  if (!answer.ok) throw new Error(`${answer.status}`)
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
  for (const region of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${region.dataset.live}"]`)
    if (now) become(region, now)
  }
  return fresh
}

function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return }
  const ticking = fresh.dataset.since && old.dataset.since === fresh.dataset.since      // the page's own clock writes there
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  if (!ticking) children(old, fresh)
}

function children(old, fresh) {
  const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]))
  let at = old.firstChild
  for (const wanted of [...fresh.childNodes]) {
    const known = keyOf(wanted) ? keyed.get(keyOf(wanted)) : alike(at, wanted) ? at : null
    if (!known) { old.insertBefore(document.importNode(wanted, true), at); continue }
    if (known === at) at = at.nextSibling
    else old.insertBefore(known, at)
    become(known, wanted)
  }
  while (at) { const next = at.nextSibling; at.remove(); at = next }
}

const keyOf = (node) => node.dataset?.key ?? ""

/** Whether two nodes without keys are the same kind of thing. */
const alike = (old, fresh) => old !== null && old.nodeName === fresh.nodeName && !keyOf(old)
